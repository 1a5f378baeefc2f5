// A test in JavaScript that controls the mock: the program's own SDK, and fetch for control.
// node control.mjs FOLDER_WITH_NODE_MODULES URL: prints what it saw, as one JSON object.

import { createRequire } from "node:module";

const [folder, endpoint] = process.argv.slice(2);
const sdk = createRequire(`${folder}/`)("@aws-sdk/client-imagebuilder");
const client = new sdk.ImagebuilderClient({
  endpoint,
  region: "us-east-1",
  credentials: { accessKeyId: "example", secretAccessKey: "example" },
  maxAttempts: 3,
});
const amazon = "arn:aws:imagebuilder:us-east-1:aws";
const seen = {};

async function control(path, body = {}, method = "POST") {
  const answer = await fetch(`${endpoint}/_imagebuilder_mock/${path}`, {
    method,
    body: method === "GET" ? undefined : JSON.stringify(body),
  });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.message);
  return said;
}

const { imageRecipeArn } = await client.send(
  new sdk.CreateImageRecipeCommand({
    name: "web",
    semanticVersion: "1.0.0",
    parentImage: `${amazon}:image/amazon-linux-2023-x86/x.x.x`,
    components: [{ componentArn: `${amazon}:component/update-linux/x.x.x` }],
  }),
);
const { infrastructureConfigurationArn } = await client.send(
  new sdk.CreateInfrastructureConfigurationCommand({
    name: "web",
    instanceProfileName: "builder",
  }),
);
const build = async () => {
  const made = await client.send(
    new sdk.CreateImageCommand({ imageRecipeArn, infrastructureConfigurationArn }),
  );
  return made.imageBuildVersionArn;
};
const stateOf = async (imageBuildVersionArn) => {
  const { image } = await client.send(new sdk.GetImageCommand({ imageBuildVersionArn }));
  return image.state;
};

// A build that is held until the test moves it on.
const held = await build();
seen.held = [(await stateOf(held)).status, (await stateOf(held)).status];
seen.advanced = await control("builds/advance", { arn: held });
await control("builds/complete", { arn: held });
seen.completed = (await stateOf(held)).status;

// A build that fails in a component.
await control("builds/fail_next", { recipe: "web", component: "update-linux", message: "Full." });
const failing = await build();
await control("builds/finish_all");
const failed = await stateOf(failing);
const timeline = await control("builds/timeline", { arn: failing });
seen.failed = [failed.status, failed.reason.includes("component/update-linux/")];
seen.failedStep = timeline.rows.find(({ step, status }) => step && status === "FAILED").step;

// Throttling that the SDK's own retries get over, and throttling that they do not.
await control("faults/add", { operation: "ListImages", error: "TooManyRequestsException", times: 2 });
const listed = await client.send(new sdk.ListImagesCommand({}));
seen.retried = [listed.$metadata.attempts, listed.imageVersionList.length];
await control("faults/add", { operation: "ListImages", error: 429, times: 3 });
try {
  await client.send(new sdk.ListImagesCommand({}));
} catch (error) {
  seen.throttled = [error.$metadata.attempts, error.$metadata.httpStatusCode];
}
seen.calls = (await control("calls?operation=ListImages&last=10", {}, "GET")).calls.map(
  ({ error }) => error?.code ?? null,
);

// What a lifecycle policy would do.
const { lifecyclePolicyArn } = await client.send(
  new sdk.CreateLifecyclePolicyCommand({
    name: "old",
    executionRole: "arn:aws:iam::123456789012:role/lifecycle",
    resourceType: "AMI_IMAGE",
    policyDetails: [
      {
        action: { type: "DELETE", includeResources: { amis: true, snapshots: true } },
        filter: { type: "AGE", value: 6, unit: "MONTHS" },
      },
    ],
    resourceSelection: { recipes: [{ name: "web", semanticVersion: "1.0.0" }] },
  }),
);
const later = new Date(Date.now() + 365 * 86_400_000).toISOString();
const preview = await control("lifecycle/preview", { policy: lifecyclePolicyArn, at: later });
seen.preview = preview.rows.map(({ state, fate, reason }) => [state, fate, reason]);
seen.still = (await stateOf(held)).status;

// A mistake is explained.
seen.mistake = await control("builds/advance", { arn: "web" }).catch(({ message }) => message);

console.log(JSON.stringify(seen));
