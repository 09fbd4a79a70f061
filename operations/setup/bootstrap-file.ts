/** The text of bootstrap's stack file: whom it trusts, and what its roles know of the stacks. */
import { type Document, isMap, isSeq } from "yaml";

import { CLOUDFRONT_REGION } from "../../facts/cloudfront";
import { prefixOf } from "../../platform/names";
import { matches } from "../../policy-pack/exemptions";
import { BOOTSTRAP_FILE, documentOf, type Rewrite, rewriteDocument, textOfDocument } from "./files";
import type { StackSettings } from "./present";
import type { Answers, Former } from "./questions";

/** Settings with the answer that they are. */
const ANSWERS = [
  ["crm-bootstrap:repository", "repository"],
  ["crm-bootstrap:ownerId", "owner-id"],
  ["crm-bootstrap:repositoryId", "repository-id"],
] as const;

/** Pattern of the shipped copies, which have their stack's own suffix once there is one. */
const SHIPPED_COPIES = "crm-*-backup-west";

/** What the text is made of. */
export interface Writing {
  readonly rewrite: Rewrite;
  readonly former: Former;
  readonly answers: Answers;
  /** The stacks with these answers, as their files will be. */
  readonly stacks: ReadonlyMap<string, StackSettings>;
}

/** The text that bootstrap's stack file gets. */
export function bootstrapText(text: string, { rewrite, former, answers, stacks }: Writing): string {
  const document = documentOf(BOOTSTRAP_FILE, text);
  rewriteDocument(document, rewrite);
  for (const [key, name] of ANSWERS) {
    const at = ["config", key];
    if (former(name).has(String(document.getIn(at)))) document.setIn(at, answers[name]);
  }
  const known = [...stacks].filter(([stack]) => isMap(document.getIn(stackAt(stack))));
  for (const [stack, config] of known) knowStack(document, stackAt(stack), config);
  const regions = ["config", "crm-bootstrap:regions"];
  const used = known.flatMap(([, config]) => [
    config["aws:region"],
    config["crm:recovery"]?.region,
  ]);
  for (const region of [...used, CLOUDFRONT_REGION]) {
    if (region !== undefined) addTo(document, regions, region, (named) => named.includes(region));
  }
  return textOfDocument(document);
}

const stackAt = (stack: string) => ["config", "crm-bootstrap:stacks", stack];

/** The start of the stack's names, patterns for all its buckets, and its queues and images' repositories without that start. Former ones stay: what they stand for may still be there. */
function knowStack(document: Document, at: readonly string[], config: StackSettings): void {
  const naming = config["crm:naming"] ?? {};
  const { qualifier, bucketSuffix, bucketNames = {}, queueNames = {} } = naming;
  const prefix = prefixOf("crm", qualifier);
  if (document.getIn([...at, "prefix"]) !== prefix) document.setIn([...at, "prefix"], prefix);
  const copies = Object.values(config["crm:storage"]?.buckets ?? {}).flatMap(
    ({ replication }) => replication?.bucketName ?? [],
  );
  const buckets = [...at, "buckets"];
  for (const name of [`crm-*-${bucketSuffix}`, ...copies, ...Object.values(bucketNames)]) {
    addTo(document, buckets, name, (patterns) => isCovered(name, patterns));
  }
  for (const name of Object.values(queueNames)) {
    if (name.startsWith(`${prefix}-`)) continue;
    addTo(document, [...at, "queues"], name, (queues) => queues.includes(name));
  }
  const own = { prefix, accountId: config["crm:accountId"] };
  for (const name of foreignRepositories(own, config["crm:eventing"], config["crm:services"])) {
    addTo(document, [...at, "repositories"], name, (repositories) => repositories.includes(name));
  }
  const left = textsAt(document, buckets).indexOf(SHIPPED_COPIES);
  if (left >= 0 && !copies.some((name) => isCovered(name, [SHIPPED_COPIES]))) {
    document.deleteIn([...buckets, left]);
  }
}

/** Who may be the owner of a repository. */
interface Own {
  readonly prefix: string;
  readonly accountId: string | undefined;
}

const IMAGE = /^(?:((\d{12})\.dkr\.ecr\.[^/]+)\/([^@]+)|([^/@]+))@/;

/** Repositories without the start of the stack's names whose images its functions run; those of another account with its registry. */
export function foreignRepositories(
  { prefix, accountId }: Own,
  eventing: { readonly functions?: Readonly<Record<string, { image?: string | undefined }>> } = {},
  services: Readonly<Record<string, { repository?: { name?: string | undefined } }>> = {},
): string[] {
  const names = Object.values(eventing.functions ?? {}).flatMap(({ image }) => {
    const [, registry, account, own, service] = IMAGE.exec(image ?? "") ?? [];
    if (registry !== undefined && account !== accountId) return `${registry}/${own}`;
    return own ?? (service && services[service]?.repository?.name) ?? [];
  });
  return [...new Set(names)].filter((name) => !name.startsWith(`${prefix}-`));
}

/** Whether one of bootstrap's patterns stands for a bucket's name. */
export function isCovered(name: string, patterns: readonly string[]): boolean {
  return patterns.some((one) => matches(one, name));
}

function textsAt(document: Document, at: readonly string[]): string[] {
  const list = document.getIn(at);
  return isSeq(list) ? list.items.map(String) : [];
}

function addTo(
  document: Document,
  at: readonly string[],
  text: string,
  has: (texts: readonly string[]) => boolean,
): void {
  const list = document.getIn(at);
  if (has(textsAt(document, at))) return;
  if (isSeq(list)) list.add(text);
  else document.setIn(at, document.createNode([text], { flow: true }));
}
