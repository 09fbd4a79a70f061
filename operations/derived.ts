/** The files that are made from the code and from plans, as they should be. */
import * as fs from "node:fs";
import * as path from "node:path";

import type { UsageTable } from "../analysis/cost/model";
import { TAGGABLE_TYPES_FILE, taggableTypesFile } from "../facts/generate/taggable-types";
import {
  PAGE as POLICIES_PAGE,
  policiesPage,
  RULE_IDS_FILE,
  ruleIds,
} from "../policy-pack/scripts/generate-docs";
import { EXAMPLE_ACCOUNT_ID, livingServices, livingServicesFile } from "../schema";
import { filesOf } from "../tools/diagram/page";
import { previewStack, type Plan } from "../tools/preview/index";
import { imageContracts } from "./image-contract";
import { capacityPage } from "./pages/capacity";
import { CONFIGURATION_PAGE, configurationPage } from "./pages/configuration";
import { CONFORMANCE_PAGE, conformancePage } from "./pages/conformance/page";
import { currentFigurePages, FIGURE_STACKS, type Plans } from "./pages/figures";
import { CONTRACT_PAGE, contractPage } from "./pages/image-contract";
import { CHECKS_PAGE, checksPage } from "./pages/integration-checks";
import {
  isRunbook,
  pageValues,
  recordedValues,
  recordOf,
  valuePages,
  type Values,
  VALUES_FILE,
  valuesOf,
  withoutExamples,
  withValues,
} from "./pages/own-values";
import { REACH_PAGE, reachPage } from "./pages/reach";
import { REQUEST_WAYS_PAGE, requestWaysPage } from "./pages/request-ways";
import { stackConfigOf } from "./platform";
import { allBooks } from "./runbooks/books";
import { runbookPages } from "./runbooks/page";
import { urnsOf } from "./urns";

const ROOT = path.join(__dirname, "..");

/** Stack files, and the folders of what is made of their plans; below the project's folder. */
export interface Place {
  readonly stacks: string;
  readonly pages: string;
  /** Accepted URNs, a file a stack. */
  readonly lists: string;
  /** Assumptions that the cost is counted with: a file. */
  readonly usage: string;
  /** Folder of bootstrap's stack file. */
  readonly bootstrap: string;
}

/** The stacks that are deployed. */
export const OWN: Place = {
  stacks: ".",
  pages: ".",
  lists: "operations/accepted",
  usage: "analysis/cost/usage.json",
  bootstrap: "bootstrap",
};

/** The stacks that the tests judge the code on. */
export const FIXTURES: Place = {
  stacks: "tests/fixtures/stacks",
  pages: "tests/fixtures/pages",
  lists: "tests/golden",
  usage: "tests/fixtures/cost/usage.json",
  bootstrap: "tests/fixtures/bootstrap",
};

/** Contents by file below the project's folder; undefined for a file that should not be there. */
export type Files = ReadonlyMap<string, string | undefined>;

/** Plans by the name of the stack. */
export type PlansByStack = ReadonlyMap<string, Plan>;

/** The text of a file, undefined where there is none. */
export function textOf(file: string): string | undefined {
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined;
}

/** Names of files in a folder that a pattern finds, by what it finds first; none where there is no folder. */
function namesIn(folder: string, pattern: RegExp): string[] {
  const files = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  return files.flatMap((file) => pattern.exec(file)?.[1] ?? []).sort();
}

/** Previews every stack of a place. */
export async function plansOf(root: string, place: Place): Promise<PlansByStack> {
  const cwd = path.join(root, place.stacks);
  const stacks = namesIn(cwd, /^Pulumi\.([\w-]+)\.ya?ml$/);
  const missing = FIGURE_STACKS.filter((stack) => !stacks.includes(stack));
  if (missing.length > 0) {
    throw new Error(
      `${cwd}: expected Pulumi.${missing[0]}.yaml, as the pages show ${FIGURE_STACKS.join(", ")}, got no such file`,
    );
  }
  const plans = await Promise.all(
    stacks.map((stack) =>
      // README shows what a preview of the first one prints, the pack's verdict with it.
      previewStack({
        ...{ cwd, stack, foreseen: true },
        ...(stack !== FIGURE_STACKS[0] && { policyPacks: [] }),
      }),
    ),
  );
  return new Map(plans.map((plan) => [plan.stack, plan]));
}

/** Previews bootstrap; nothing where a project keeps its state elsewhere. */
export async function bootstrapOf(root: string, place: Place): Promise<Plan | undefined> {
  const cwd = path.join(root, place.bootstrap);
  const isThere = fs.existsSync(path.join(cwd, "Pulumi.bootstrap.yaml"));
  return isThere ? previewStack({ cwd, stack: "bootstrap", policyPacks: [] }) : undefined;
}

/** What is made of a plan with images in place of the bootstrap one. */
export async function filesOfImages(root: string, place: Place): Promise<Files> {
  const [stack] = FIGURE_STACKS;
  const contracts = await imageContracts(stack, path.join(root, place.stacks));
  return new Map([[path.join(place.pages, CONTRACT_PAGE), contractPage(stack, contracts)]]);
}

/** The page that conformance links to: of the code, not of a place. */
const decisionsOf = (root: string) => textOf(path.join(root, "docs", "decisions.md")) ?? textOf(path.join(ROOT, "docs", "decisions.md"))!; // prettier-ignore

/**
 * What is made of plans: pages, picture, lists of URNs.
 *
 * @param bootstrapped bootstrap's plan, if the project has one
 * @param written pages as they are around what is generated; those that are missing are read
 */
export function filesOfPlans(
  root: string,
  place: Place,
  plans: PlansByStack,
  bootstrapped?: Plan,
  written: Files = new Map(),
): Files {
  const figured = {
    ...Object.fromEntries(plans),
    bootstrap: bootstrapped,
    stacks: path.join(root, place.stacks),
  } as Plans;
  const { production } = figured;
  const page = (file: string) => path.join(place.pages, file);
  const list = (stack: string) => path.join(place.lists, `${stack}.urns`);
  const usage = JSON.parse(fs.readFileSync(path.join(root, place.usage), "utf8")) as UsageTable;
  const read = (file: string) => written.get(page(file)) ?? textOf(path.join(root, page(file)));
  const figures = currentFigurePages(figured, usage, read);
  const bootstrap = path.join(root, place.bootstrap);
  const runbooks = runbookPages(allBooks(plans, { bootstrap }), read);
  const picture = Object.entries(filesOf(production));
  const gone = namesIn(path.join(root, place.lists), /^([\w-]+)\.urns$/).filter(
    (stack) => !plans.has(stack),
  );
  return new Map<string, string | undefined>([
    ...recordsOfServices(root, place, [...plans.keys(), ...gone]),
    ...[...figures, ...runbooks].map(([file, text]) => [page(file), text] as const),
    [page(REQUEST_WAYS_PAGE), requestWaysPage(production)],
    ...[...capacityPage(production, usage)].map(([file, text]) => [page(file), text] as const),
    [page(REACH_PAGE), reachPage(plans)],
    [page(CONFORMANCE_PAGE), conformancePage(figured, decisionsOf(root))],
    [
      page(CHECKS_PAGE),
      checksPage(production.stack, stackConfigOf(production.stack, path.join(root, place.stacks))),
    ],
    ...picture.map(([file, text]) => [page(path.join("docs", file)), text] as const),
    ...[...plans].map(
      ([stack, { resources }]) => [list(stack), `${urnsOf(resources).join("\n")}\n`] as const,
    ),
    ...gone.map((stack) => [list(stack), undefined] as const),
  ]);
}

/** The values of the stack files of a project, and of bootstrap's. */
function ownValues(root: string, stacks: readonly string[]): Values {
  const folder = path.join(root, OWN.stacks);
  const configs = new Map(
    stacks
      .filter((stack) => fs.existsSync(path.join(folder, `Pulumi.${stack}.yaml`)))
      .map((stack) => [stack, stackConfigOf(stack, folder)]),
  );
  return valuesOf(configs, path.join(root, "bootstrap", "Pulumi.bootstrap.yaml"));
}

/**
 * Pages whose commands name the owner's domain, account and buckets, with the values of the stack files, and the record of
 * these. What is generated within them comes afterwards: it has these values already.
 */
export function filesOfValues(root: string, stacks: readonly string[]): Files {
  return filesWith(root, ownValues(root, stacks));
}

/** These pages and the record, with values that are read already. */
function filesWith(root: string, values: Values): Files {
  const [before, after] = [recordedValues(root) ?? values, values].map(pageValues);
  const pages = valuePages(root).flatMap((file): [string, string][] => {
    const text = textOf(path.join(root, file));
    return text === undefined ? [] : [[file, withValues(text, before!, after!)]];
  });
  return new Map([...pages, [VALUES_FILE, recordOf(values)]]);
}

/** All that an owner's stacks make of plans and values. @param make what is made of the plans, in the pages as they are written */
export function filesOfOwn(
  root: string,
  plans: PlansByStack,
  bootstrapped: Plan | undefined,
  make = filesOfPlans,
): Files {
  const values = ownValues(root, [...plans.keys()]);
  const written = filesWith(root, values);
  const made = make(root, OWN, plans, bootstrapped, written);
  const runbooks = [...made].filter(([file]) => isRunbook(file));
  return new Map([
    ...[...written, ...made],
    ...runbooks.map(([file, text]) => [file, text && withoutExamples(text, values)] as const),
  ]);
}

/**
 * What each stack's services keep for their life, once the stack has an account of its own: the program refuses another
 * value. With AWS's example account none can be deployed: the record is empty then, and there, so that the commit of an owner's
 * values has the real one.
 */
function recordsOfServices(root: string, place: Place, stacks: readonly string[]) {
  const folder = path.join(root, place.stacks);
  return stacks.map((stack): [string, string | undefined] => {
    const file = path.join(place.stacks, livingServicesFile(stack));
    if (!fs.existsSync(path.join(folder, `Pulumi.${stack}.yaml`))) return [file, undefined];
    const { accountId, services } = stackConfigOf(stack, folder);
    const living = accountId === EXAMPLE_ACCOUNT_ID ? {} : livingServices(services);
    return [file, `${JSON.stringify(living, null, 2)}\n`];
  });
}

/**
 * Whether a stack has just got its owner's account in the place of AWS's example, by the record of the pages: nothing of it
 * was ever deployed.
 */
export function isNewlyOwned(root: string, place: Place, stack: string): boolean {
  const before = recordedValues(root)?.[`account.${stack}`];
  return (
    before === EXAMPLE_ACCOUNT_ID &&
    stackConfigOf(stack, path.join(root, place.stacks)).accountId !== before
  );
}

/** Whether the stack files are those of the project as it is published. */
export function isShipped(root: string, place: Place): boolean {
  const folder = path.join(root, place.stacks);
  return stackConfigOf("production", folder).accountId === EXAMPLE_ACCOUNT_ID;
}

/** What is made of the code alone: pages about settings and rules, ids of rules, types that take tags. */
export function filesOfCode(): Files {
  const file = (absolute: string) => path.relative(ROOT, absolute);
  return new Map([
    [CONFIGURATION_PAGE, configurationPage()],
    [file(POLICIES_PAGE), policiesPage()],
    [file(RULE_IDS_FILE), `${JSON.stringify(ruleIds(), null, 2)}\n`],
    [file(TAGGABLE_TYPES_FILE), taggableTypesFile()],
  ]);
}
