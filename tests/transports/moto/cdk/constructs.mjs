// Every construct of @aws-cdk/aws-imagebuilder-alpha that makes a resource, with most of what it takes,
// synthesised into OUT/first and OUT/second: node constructs.mjs FOLDER OUT. FOLDER has node_modules.
import { createRequire } from "node:module";

const require = createRequire(`${process.argv[2]}/`);
const {
  App,
  Duration,
  LegacyStackSynthesizer,
  Stack,
  aws_ec2: ec2,
  aws_ecr: ecr,
  aws_events: events,
  aws_iam: iam,
  aws_kms: kms,
  aws_logs: logs,
  aws_s3: s3,
  aws_sns: sns,
  aws_ssm: ssm,
} = require("aws-cdk-lib");
const imagebuilder = require("@aws-cdk/aws-imagebuilder-alpha");

const PARENT = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";
// The library writes parameters as a mapping; the service wants a list.
const DOCUMENT = `schemaVersion: 1.0
parameters:
  - Name: {type: string, default: you}
phases:
  - name: build
    steps:
      - name: Greet
        action: ExecuteBash
        inputs: {commands: ["echo hello '{{ Name }}'"]}
`;
const DOCKERFILE = `FROM {{{ imagebuilder:parentImage }}}
{{{ imagebuilder:environments }}}
{{{ imagebuilder:components }}}
`;

function synthesise(outdir, version, words) {
  const app = new App({ outdir, analyticsReporting: false });
  const stack = new Stack(app, "constructs", { synthesizer: new LegacyStackSynthesizer() });
  const tags = { words };
  const key = kms.Key.fromKeyArn(
    stack,
    "Key",
    "arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef",
  );
  const repository = imagebuilder.Repository.fromEcr(
    new ecr.Repository(stack, "Repository", { repositoryName: "constructs" }),
  );
  const blockDevices = [
    {
      deviceName: "/dev/xvda",
      volume: ec2.BlockDeviceVolume.ebs(30, { encrypted: true, volumeType: ec2.EbsDeviceVolumeType.GP3 }),
    },
  ];

  const component = new imagebuilder.Component(stack, "Component", {
    componentName: "greeting",
    componentVersion: version,
    description: words,
    changeDescription: words,
    kmsKey: key,
    platform: imagebuilder.Platform.LINUX,
    supportedOsVersions: [imagebuilder.OSVersion.AMAZON_LINUX_2023],
    tags,
    data: imagebuilder.ComponentData.fromInline(DOCUMENT),
  });
  const components = [
    { component, parameters: { Name: imagebuilder.ComponentParameterValue.fromString(words) } },
    {
      component: imagebuilder.AmazonManagedComponent.updateOs(stack, "UpdateOs", {
        platform: imagebuilder.Platform.LINUX,
      }),
    },
  ];
  const imageRecipe = new imagebuilder.ImageRecipe(stack, "ImageRecipe", {
    imageRecipeName: "machine",
    imageRecipeVersion: version,
    description: words,
    baseImage: imagebuilder.BaseImage.fromSsmParameterName(PARENT),
    components,
    blockDevices,
    workingDirectory: "/build",
    uninstallSsmAgentAfterBuild: true,
    amiTags: tags,
    tags,
  });
  const containerRecipe = new imagebuilder.ContainerRecipe(stack, "ContainerRecipe", {
    containerRecipeName: "container",
    containerRecipeVersion: version,
    description: words,
    baseImage: imagebuilder.BaseContainerImage.fromEcrPublic("amazonlinux", "amazonlinux", "latest"),
    osVersion: imagebuilder.OSVersion.AMAZON_LINUX_2023,
    targetRepository: repository,
    components,
    dockerfile: imagebuilder.DockerfileData.fromInline(DOCKERFILE),
    instanceBlockDevices: blockDevices,
    kmsKey: key,
    workingDirectory: "/build",
    tags,
  });

  const infrastructureConfiguration = new imagebuilder.InfrastructureConfiguration(stack, "Infrastructure", {
    infrastructureConfigurationName: "builders",
    description: words,
    instanceTypes: [ec2.InstanceType.of(ec2.InstanceClass.T3, ec2.InstanceSize.MICRO)],
    terminateInstanceOnFailure: false,
    httpTokens: imagebuilder.HttpTokens.REQUIRED,
    httpPutResponseHopLimit: 2,
    notificationTopic: new sns.Topic(stack, "Topic"),
    logging: { s3Bucket: new s3.Bucket(stack, "Logs"), s3KeyPrefix: "builds" },
    resourceTags: tags,
    tags,
  });
  const distributionConfiguration = new imagebuilder.DistributionConfiguration(stack, "Distribution", {
    distributionConfigurationName: "everywhere",
    description: words,
    tags,
  });
  distributionConfiguration.addAmiDistributions({
    region: "us-east-1",
    amiName: "machine {{ imagebuilder:buildDate }}",
    amiDescription: words,
    amiTags: tags,
    amiLaunchPermission: { accountIds: ["111122223333"] },
    ssmParameters: [
      {
        parameter: ssm.StringParameter.fromStringParameterAttributes(stack, "Parameter", {
          parameterName: "/imagebuilder/machine",
          forceDynamicReference: true,
        }),
      },
    ],
  });
  distributionConfiguration.addContainerDistributions({
    region: "us-east-1",
    containerRepository: repository,
    containerDescription: words,
    containerTags: ["newest"],
  });
  const workflow = new imagebuilder.Workflow(stack, "Workflow", {
    workflowName: "tests",
    workflowVersion: version,
    workflowType: imagebuilder.WorkflowType.TEST,
    description: words,
    changeDescription: words,
    kmsKey: key,
    tags,
    data: imagebuilder.WorkflowData.fromJsonObject({
      schemaVersion: imagebuilder.WorkflowSchemaVersion.V1_0,
      steps: [
        {
          name: "Launch",
          action: imagebuilder.WorkflowAction.LAUNCH_INSTANCE,
          inputs: { waitFor: "ssmAgent" },
        },
        {
          name: "Terminate",
          action: imagebuilder.WorkflowAction.TERMINATE_INSTANCE,
          inputs: { "instanceId.$": "$.stepOutputs.Launch.instanceId" },
        },
      ],
    }),
  });
  const workflows = [
    { workflow: imagebuilder.AmazonManagedWorkflow.buildImage(stack, "BuildImage") },
    {
      workflow,
      // The library's own CONTINUE is "Continue", which only a step's onFailure takes.
      onFailure: "CONTINUE",
      parallelGroup: "tests",
    },
  ];

  const pipeline = new imagebuilder.ImagePipeline(stack, "MachinePipeline", {
    imagePipelineName: "machines",
    description: words,
    recipe: imageRecipe,
    infrastructureConfiguration,
    distributionConfiguration,
    workflows,
    status: imagebuilder.ImagePipelineStatus.ENABLED,
    schedule: {
      expression: events.Schedule.rate(Duration.days(7)),
      startCondition: imagebuilder.ScheduleStartCondition.EXPRESSION_MATCH_AND_DEPENDENCY_UPDATES_AVAILABLE,
      autoDisableFailureCount: 3,
    },
    imageLogGroup: new logs.LogGroup(stack, "ImageLogs", { logGroupName: "/aws/imagebuilder/images" }),
    imagePipelineLogGroup: new logs.LogGroup(stack, "PipelineLogs", {
      logGroupName: "/aws/imagebuilder/pipelines",
    }),
    imageTestsEnabled: true,
    enhancedImageMetadataEnabled: true,
    tags,
  });
  pipeline.grantStartExecution(new iam.Role(stack, "Starter", { assumedBy: new iam.AccountRootPrincipal() }));
  new imagebuilder.ImagePipeline(stack, "ContainerPipeline", {
    imagePipelineName: "containers",
    description: words,
    recipe: containerRecipe,
    infrastructureConfiguration,
    tags,
  });
  new imagebuilder.Image(stack, "Machine", {
    recipe: imageRecipe,
    infrastructureConfiguration,
    distributionConfiguration,
    workflows,
    deletionExecutionRole: new iam.Role(stack, "Deleter", {
      assumedBy: new iam.ServicePrincipal("imagebuilder.amazonaws.com"),
    }),
    tags,
  });
  new imagebuilder.Image(stack, "Container", {
    recipe: containerRecipe,
    infrastructureConfiguration,
    imageTestsEnabled: false,
    tags,
  });

  const { DELETE } = imagebuilder.LifecyclePolicyActionType;
  new imagebuilder.LifecyclePolicy(stack, "MachinePolicy", {
    lifecyclePolicyName: "machines",
    description: words,
    resourceType: imagebuilder.LifecyclePolicyResourceType.AMI_IMAGE,
    details: [
      {
        action: { type: DELETE, includeAmis: true, includeSnapshots: true },
        filter: { ageFilter: { age: Duration.days(90), retainAtLeast: 3 } },
        exclusionRules: {
          imageExclusionRules: { tags: { keep: "yes" } },
          amiExclusionRules: { isPublic: true, lastLaunched: Duration.days(7), tags: { keep: "yes" } },
        },
      },
    ],
    resourceSelection: { recipes: [imageRecipe] },
    tags,
  });
  new imagebuilder.LifecyclePolicy(stack, "ContainerPolicy", {
    lifecyclePolicyName: "containers",
    description: words,
    resourceType: imagebuilder.LifecyclePolicyResourceType.CONTAINER_IMAGE,
    details: [{ action: { type: DELETE, includeContainers: true }, filter: { countFilter: { count: 10 } } }],
    resourceSelection: { tags: { team: "web" } },
    tags,
  });
  app.synth();
}

synthesise(`${process.argv[3]}/first`, "1.0.0", "first");
synthesise(`${process.argv[3]}/second`, "1.1.0", "second");
