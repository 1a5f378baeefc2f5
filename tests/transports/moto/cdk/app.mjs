// A short CDK app, synthesised to standard output: node app.mjs FOLDER, which has node_modules.
import { createRequire } from "node:module";

const require = createRequire(`${process.argv[2]}/`);
const { App, Duration, LegacyStackSynthesizer, Stack, aws_ec2, aws_events } = require("aws-cdk-lib");
const imagebuilder = require("@aws-cdk/aws-imagebuilder-alpha");

const app = new App({ analyticsReporting: false });
const stack = new Stack(app, "golden", { synthesizer: new LegacyStackSynthesizer() });

const hardening = new imagebuilder.Component(stack, "Hardening", {
  componentName: "hardening",
  componentVersion: "1.0.0",
  platform: imagebuilder.Platform.LINUX,
  data: imagebuilder.ComponentData.fromJsonObject({
    name: "hardening",
    schemaVersion: "1.0",
    phases: [
      {
        name: "build",
        steps: [{ name: "Harden", action: "ExecuteBash", inputs: { commands: ["echo hardened"] } }],
      },
    ],
  }),
});

const recipe = new imagebuilder.ImageRecipe(stack, "Recipe", {
  imageRecipeName: "golden",
  imageRecipeVersion: "1.0.0",
  baseImage: imagebuilder.BaseImage.fromSsmParameterName(
    "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
  ),
  components: [{ component: hardening }],
  blockDevices: [
    {
      deviceName: "/dev/xvda",
      volume: aws_ec2.BlockDeviceVolume.ebs(30, { volumeType: aws_ec2.EbsDeviceVolumeType.GP3 }),
    },
  ],
});

const approval = new imagebuilder.Workflow(stack, "Approval", {
  workflowName: "approval",
  workflowVersion: "1.0.0",
  workflowType: imagebuilder.WorkflowType.TEST,
  data: imagebuilder.WorkflowData.fromJsonObject({
    schemaVersion: "1.0",
    steps: [{ name: "Approve", action: "WaitForAction" }],
  }),
});

new imagebuilder.ImagePipeline(stack, "Pipeline", {
  imagePipelineName: "golden",
  recipe,
  infrastructureConfiguration: new imagebuilder.InfrastructureConfiguration(stack, "Infra", {
    infrastructureConfigurationName: "golden",
  }),
  distributionConfiguration: new imagebuilder.DistributionConfiguration(stack, "Distribution", {
    distributionConfigurationName: "golden",
    amiDistributions: [{ amiName: "golden {{ imagebuilder:buildDate }}" }],
  }),
  schedule: { expression: aws_events.Schedule.rate(Duration.days(7)) },
  workflows: [{ workflow: imagebuilder.AmazonManagedWorkflow.buildImage(stack, "Build") }, { workflow: approval }],
});

process.stdout.write(JSON.stringify(app.synth().getStackByName("golden").template));
