/** What the files of a stack say, without its plan: placeholders, secrets, order, what bootstrap and the pack know of it. */
import { ORIGIN_SECRET } from "../../platform/origin-header";
import {
  clearNames,
  EXAMPLE_ACCOUNT_ID,
  isShippedMailbox,
  isStandIn,
  missingSecrets,
  SECRETS,
  SHIPPED_PHONE,
  textsOf,
} from "../../schema";
import { hasCode } from "../../schema/eventing";
import { clashes } from "../setup/across";
import { packFileOf, stackFileOf } from "../setup/files";
import { SHIPPED, SHIPPED_SUFFIXES } from "../setup/questions";
import { type Finding, judged, ok, setup, skipped } from "./check";
import type { Files } from "./files";
import { bootstrapKnows, bootstrapPlaceholders, downloads, owners } from "./pipeline";

/** Every check of the files, in the order in which a person meets them. */
export function settingsFindings(files: Files): Finding[] {
  // `pulumi config set` fixes these, and creates a stack that does not exist, with another secrets provider.
  const forStack = [ids(files), ...secrets(files)];
  return [
    ...placeholders(files),
    sharedSettings(files),
    packConfiguration(files),
    bootstrapKnows(files),
    bootstrapPlaceholders(files),
    owners(files),
    downloads(files),
    stackInit(files, forStack.some(({ status }) => status === "fail") ? "fail" : "warn"),
    ...forStack,
    delegation(files),
    costTags(files),
    code(files),
  ];
}

function placeholders({ stack, config }: Files): Finding[] {
  const { accountId, edge, naming, storage, observability } = config;
  const texts = textsOf(config);
  const mailboxes = texts.filter(isShippedMailbox);
  const phones = texts.filter(({ text }) => text === SHIPPED_PHONE);
  const copies = Object.entries(storage.buckets).map(
    ([bucket, { replication }]) =>
      [
        `crm:storage.buckets.${bucket}.replication.bucketName`,
        replication?.bucketName ?? "",
      ] as const,
  );
  const buckets = [
    ...(SHIPPED_SUFFIXES.includes(naming.bucketSuffix)
      ? [["crm:naming.bucketSuffix", naming.bucketSuffix] as const]
      : []),
    ...copies.filter(([, name]) => /-backup-west(-staging)?$/.test(name)),
  ];
  const keys = (found: readonly { key: string }[]) => found.map(({ key }) => key);
  const shipped = (keysOf: readonly string[]) => keysOf.map((key) => `${key} is the shipped value`);
  return [
    judged(
      "placeholder-account",
      accountId === EXAMPLE_ACCOUNT_ID ? [`crm:accountId is AWS's example ${accountId}`] : [],
      `crm:accountId is ${accountId}`,
      setup(stack, "account <12 digits>"),
    ),
    judged(
      "placeholder-domain",
      edge.domain !== undefined && `.${edge.domain}`.endsWith(`.${SHIPPED.domain}`)
        ? [`crm:edge.domain is ${edge.domain}, the shipped one`]
        : [],
      `crm:edge.domain is ${edge.domain ?? "not set: the application has CloudFront's own name"}`,
      setup(stack, "domain <domain>"),
    ),
    judged(
      "placeholder-mailboxes",
      shipped(keys(mailboxes)),
      "no mailbox is a placeholder",
      setup(stack, "team <mailbox> --alerts <mailbox>"),
    ),
    judged(
      "placeholder-phone",
      shipped(keys(phones)),
      "no phone number is a placeholder",
      setup(stack, "phone <number or none>"),
    ),
    judged(
      "placeholder-buckets",
      buckets.map(([key, name]) => `${key} is the shipped ${name}`),
      `bucket names end in ${naming.bucketSuffix}`,
      setup(stack, "suffix <word>"),
    ),
    judged(
      "runbooks",
      observability.runbooks.startsWith("https://")
        ? []
        : [`crm:observability.runbooks is ${observability.runbooks}, which a phone cannot open`],
      observability.runbooks,
      setup(stack, "repository <owner>/<name>"),
      "warn",
    ),
  ];
}

/** The stack whose zone and distributions another one uses; production where no file has it. */
function primaryOf({ config, configs }: Files): string {
  const primary = [...configs].find(
    ([, { edge }]) => edge.role === "primary" && edge.domain === config.edge.domain,
  );
  return primary?.[0] ?? "production";
}

/** Ids that get into the file once the stack that has them is deployed. */
function ids(files: Files): Finding {
  const { stack, config } = files;
  const primary = primaryOf(files);
  const left = textsOf(config).filter(isStandIn);
  const key = left[0]?.key ?? "";
  const output = key.startsWith("crm:edge.zone") ? "zoneId" : "replicatedBackupsArn";
  return judged(
    "placeholder-ids",
    left.map(
      (one) => `${one.key} is ${one.text}, a placeholder: the deployed ${primary} has the id`,
    ),
    "every id is set",
    `pulumi config set --stack ${stack} --path ${key} "$(pulumi stack output ${output} --stack ${primary})"`,
  );
}

/** No two stacks have a name, or what an account has once, alike. */
function sharedSettings({ stack, configs }: Files): Finding {
  const own = clashes(configs).filter(({ stacks }) => stacks.includes(stack));
  return judged(
    "shared-settings",
    own.map(({ message }) => message),
    `no name is shared with ${[...configs.keys()].filter((one) => one !== stack).join(", ")}`,
    own[0]?.fix ?? "npm run setup -- --environment <name> --from <stack>",
  );
}

function packConfiguration({ stack, hasPackConfiguration }: Files): Finding {
  const file = packFileOf(stack);
  return judged(
    "pack-configuration",
    hasPackConfiguration
      ? []
      : [`${file} does not exist: the policy pack checks the stack with its strictest settings`],
    file,
    `sed 's/urn:pulumi:staging::/urn:pulumi:${stack}::/' ${packFileOf("staging")} > ${file}`,
  );
}

/** `pulumi stack init` writes into the file who encrypts its secrets. */
function stackInit(
  { stack, config, document, bootstrap }: Files,
  status: "warn" | "fail",
): Finding {
  const region = bootstrap?.stacks?.[stack]?.region ?? bootstrap?.region ?? config.region;
  const provider = `awskms://alias/crm-pulumi-${stack}?region=${region}`;
  const problems =
    document.secretsprovider?.startsWith("awskms://") === true
      ? []
      : [
          document.encryptionsalt === undefined
            ? `${stackFileOf(stack)} names no secrets provider: the stack has no state yet, and \`pulumi config set\` would create it with a passphrase`
            : `${stackFileOf(stack)} encrypts secrets with a passphrase, which the pipeline does not have`,
        ];
  return judged(
    "stack-init",
    problems,
    document.secretsprovider ?? "",
    document.encryptionsalt === undefined
      ? `pulumi stack init ${stack} --secrets-provider "${provider}"`
      : `pulumi stack change-secrets-provider "${provider}" --stack ${stack}`,
    status,
  );
}

function secrets(files: Files): Finding[] {
  const { stack, config, document } = files;
  const values = document.config?.[SECRETS];
  const given = Object.keys(typeof values === "object" && values !== null ? values : {});
  const value = `pulumi stack output originHeaderValue --show-secrets --stack ${primaryOf(files)}`;
  const set = (name: string) =>
    `${name === ORIGIN_SECRET ? `${value} | ` : ""}pulumi config set --path ${SECRETS}.${name} --secret --stack ${stack}`;
  const needed = missingSecrets(config, given).map(({ key }) => key.slice(`${SECRETS}.`.length));
  const optional = Object.values(config.services)
    .flatMap((service) => Object.values(service.secrets))
    .filter(({ source, required }) => source === "config" && !required)
    .map(({ secret, parameter }) => secret ?? parameter)
    .filter((name) => !given.includes(name));
  const clear = clearNames(document.config);
  return [
    judged(
      "secrets",
      needed.map((name) => `${SECRETS}.${name} is not set: a deployment is refused`),
      `${given.length} set`,
      set(needed[0] ?? ""),
    ),
    judged(
      "secrets-optional",
      optional.map((name) => `${SECRETS}.${name} is not set: the service starts without it`),
      "all optional secrets are set",
      set(optional[0] ?? ""),
      "warn",
    ),
    judged(
      "secrets-encrypted",
      clear.map((name) => `${SECRETS}.${name} is not encrypted`),
      "every secret is encrypted",
      set(clear[0] ?? ""),
    ),
  ];
}

/** A zone below another stack's needs that one's records. */
function delegation({ stack, config, configs }: Files): Finding {
  const { domain, role, zone } = config.edge;
  if (role !== "primary" || zone.id !== undefined || domain === undefined) {
    return ok("delegation", "the stack creates no zone");
  }
  const parents = [...configs].flatMap(([parent, { edge }]) =>
    edge.role === "primary" && edge.domain !== undefined && domain.endsWith(`.${edge.domain}`)
      ? [{ parent, label: domain.slice(0, -edge.domain.length - 1), edge }]
      : [],
  );
  if (parents.length === 0) {
    return skipped(
      "delegation",
      `not checked: whether the registrar has the name servers of ${domain}; run npm run nameservers -- --stack ${stack}`,
    );
  }
  const missing = parents.filter(({ edge, label }) => !Object.hasOwn(edge.zone.delegations, label));
  return judged(
    "delegation",
    missing.map(
      ({ parent }) =>
        `crm:edge.zone.delegations of ${parent} does not name ${domain}: enter its name servers there or at the registrar`,
    ),
    `${parents.map(({ parent }) => parent).join(", ")} delegates ${domain}`,
    `npm run nameservers -- --stack ${stack}`,
    "warn",
  );
}

/** AWS accepts a tag about a day after a resource first had it. */
function costTags({ stack, config }: Files): Finding {
  const { activate, keys } = config.cost.costAllocationTags;
  return judged(
    "order-cost-tags",
    activate
      ? [
          `${keys.join(", ")} are activated: AWS refuses that ("Tag keys not found") until another stack has been up for a day`,
        ]
      : [],
    "the stack activates no cost allocation tag",
    `pulumi config set --path crm:cost.costAllocationTags.activate false --stack ${stack}`,
    "warn",
  );
}

/** What runs before the first release. */
function code({ stack, config }: Files): Finding {
  const services = Object.entries(config.services).filter(([, { image }]) => image === undefined);
  const functions = Object.entries(config.eventing.functions).filter(([, fn]) => !hasCode(fn));
  return judged(
    "code",
    [
      ...services.map(([key]) => `${key} has no image: it runs one that answers its health check`),
      ...functions.map(([key]) => `${key} has no artifact: it refuses its events`),
    ],
    "every service has an image and every function its code",
    `pulumi config set --stack ${stack} --path ${
      services.length > 0
        ? `crm:services.${services[0]![0]}.image sha256:<digest>`
        : `crm:eventing.functions.${functions[0]?.[0]}.artifact.key <key>`
    }`,
    "warn",
  );
}
