// What a program does with the AWS SDK for JavaScript, and what it sees: one JSON object.
// node story.mjs FOLDER_WITH_NODE_MODULES URL DOCUMENT

import { createRequire } from "node:module";

const [folder, endpoint, document] = process.argv.slice(2);
const sdk = createRequire(`${folder}/`)("@aws-sdk/client-imagebuilder");

const client = new sdk.ImagebuilderClient({
  endpoint,
  region: "eu-west-1",
  credentials: { accessKeyId: "example", secretAccessKey: "example" },
  maxAttempts: 1,
});
const own = "arn:aws:imagebuilder:eu-west-1:123456789012";
const seen = {};

const component = await client.send(
  new sdk.CreateComponentCommand({
    name: "web",
    semanticVersion: "1.0.0",
    platform: "Linux",
    data: document,
    tags: { team: "a", "a:b": "c/d" },
  }),
);
seen.component = component.componentBuildVersionArn;
seen.requestId = [component.requestId, component.$metadata.requestId];
seen.status = component.$metadata.httpStatusCode;

const tags = await client.send(
  new sdk.ListTagsForResourceCommand({ resourceArn: seen.component }),
);
seen.tags = tags.tags;

for (let number = 0; number < 7; number += 1) {
  await client.send(
    new sdk.CreateInfrastructureConfigurationCommand({
      name: `web-${number}`,
      instanceProfileName: "builder",
    }),
  );
}
seen.pages = [];
const pages = sdk.paginateListInfrastructureConfigurations({ client, pageSize: 3 }, {});
for await (const page of pages) {
  seen.pages.push(page.infrastructureConfigurationSummaryList.map(({ name }) => name));
}

try {
  await client.send(
    new sdk.GetImageCommand({ imageBuildVersionArn: `${own}:image/none/1.0.0/1` }),
  );
} catch (error) {
  seen.missing = {
    name: error.name,
    isTyped: error instanceof sdk.ResourceNotFoundException,
    isOfTheService: error instanceof sdk.ImagebuilderServiceException,
    status: error.$metadata.httpStatusCode,
    hasRequestId: Boolean(error.$metadata.requestId),
    message: error.message,
    fault: error.$fault,
  };
}

const together = Array.from({ length: 20 }, (_, number) =>
  client.send(
    new sdk.CreateInfrastructureConfigurationCommand({
      name: `together-${number}`,
      instanceProfileName: "builder",
      clientToken: `token-${number % 10}`,
    }),
  ),
);
const outcomes = await Promise.allSettled(together);
seen.made = outcomes.filter(({ status }) => status === "fulfilled").length;
seen.refused = [
  ...new Set(outcomes.filter(({ reason }) => reason).map(({ reason }) => reason.name)),
];

const before = Date.now();
const policy = await client.send(
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
    resourceSelection: { tagMap: { team: "a" } },
  }),
);
const shown = await client.send(
  new sdk.GetLifecyclePolicyCommand({ lifecyclePolicyArn: policy.lifecyclePolicyArn }),
);
const { dateCreated } = shown.lifecyclePolicy;
seen.date = {
  isDate: dateCreated instanceof Date,
  isNow: Math.abs(dateCreated.getTime() - before) < 60_000,
};

console.log(JSON.stringify(seen));
