/** Wires the platform: reads the stack's configuration, creates the components, exports the outputs. */
import * as aws from "@pulumi/aws";

import { CrmCost } from "./components/cost";
import { EncryptionKey, logServiceGrant } from "./components/encryption-key";
import { CrmEventing } from "./components/eventing";
import { CrmNetwork } from "./components/network";
import { Arns } from "./components/shared/arns";
import { Names } from "./components/shared/names";
import { componentTags, stackTags } from "./components/shared/tags";
import { loadConfig } from "./config";

const config = loadConfig();
const names = new Names({ application: "crm", ...config.naming });
const arns = new Arns({ partition: "aws", region: config.region, accountId: config.accountId });
const tagging = { ...config.tags, environment: config.environment };
const tags = (component: string) => componentTags(tagging, component);

const provider = new aws.Provider("aws", {
  region: config.region,
  allowedAccountIds: [config.accountId],
  defaultTags: { tags: stackTags(tagging) },
});
const opts = { providers: [provider] };

const logsKey = new EncryptionKey(
  "crm-logs",
  {
    alias: names.keyAlias("logs"),
    description: "Log groups",
    deletionWindowDays: 30,
    protect: true,
    services: [logServiceGrant(arns)],
    arns,
    tags: tags("observability"),
  },
  opts,
);

const secretsKey = new EncryptionKey(
  "crm-secrets",
  {
    alias: names.keyAlias("secrets"),
    description: "Secrets and parameters",
    deletionWindowDays: 30,
    protect: true,
    arns,
    tags: tags("database"),
  },
  opts,
);

const network = new CrmNetwork(
  "crm",
  { ...config.network, logsKey, names, arns, tags: tags("network") },
  opts,
);

new CrmCost(
  "crm-cost",
  { ...config.cost, environment: config.environment, names, tags: tags("observability") },
  opts,
);

export const vpcId = network.vpcId;
