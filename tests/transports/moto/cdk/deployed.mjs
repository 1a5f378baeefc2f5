// What the tests deploy, synthesised into OUT/SYNTHESIZER-VARIANT: node deployed.mjs FOLDER OUT
// FOLDER has node_modules. There is no role in it: moto cannot delete one with managed policies.
import { createRequire } from "node:module";

const require = createRequire(`${process.argv[2]}/`);
const { App, CfnOutput, DefaultStackSynthesizer, LegacyStackSynthesizer, Stack, aws_iam } = require("aws-cdk-lib");
const imagebuilder = require("@aws-cdk/aws-imagebuilder-alpha");

const PARENT = "ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";
const VARIANTS = {
  first: { version: "1.0.0", parent: PARENT },
  second: { version: "1.1.0", parent: PARENT },
  refused: { version: "1.2.0", parent: "arn:aws:imagebuilder:us-east-1:aws:image/no-such/x.x.x" },
};
const SYNTHESIZERS = {
  default: () => new DefaultStackSynthesizer(),
  legacy: () => new LegacyStackSynthesizer(),
};

function synthesise(outdir, synthesizer, { version, parent }) {
  const app = new App({ outdir, analyticsReporting: false });
  const stack = new Stack(app, "golden", { synthesizer });
  const component = new imagebuilder.Component(stack, "Hardening", {
    componentName: "hardening",
    componentVersion: version,
    platform: imagebuilder.Platform.LINUX,
    data: imagebuilder.ComponentData.fromJsonObject({
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
    imageRecipeVersion: version,
    baseImage: imagebuilder.BaseImage.fromString(parent),
    components: [{ component }],
  });
  const pipeline = new imagebuilder.ImagePipeline(stack, "Pipeline", {
    imagePipelineName: "golden",
    description: `Builds ${version}`,
    recipe,
    infrastructureConfiguration: new imagebuilder.InfrastructureConfiguration(stack, "Infra", {
      infrastructureConfigurationName: "golden",
      instanceProfile: aws_iam.InstanceProfile.fromInstanceProfileName(stack, "Profile", "builder"),
    }),
  });
  new CfnOutput(stack, "PipelineArn", { value: pipeline.imagePipelineArn });
  app.synth();
}

for (const [name, synthesizer] of Object.entries(SYNTHESIZERS)) {
  for (const [variant, given] of Object.entries(VARIANTS)) {
    synthesise(`${process.argv[3]}/${name}-${variant}`, synthesizer(), given);
  }
}
