/** docs/reach.md from the plans of the stacks: who reaches what. */
import { openPaths } from "../../analysis/reach/open-paths";
import type { Plan } from "../../tools/preview/index";
import { REACH_HEAD, reachSentence, reachTables } from "../../tools/report/reach";
import { table } from "./table";

/** The page, below the project's folder. */
export const REACH_PAGE = "docs/reach.md";

/** The page for the plans of all stacks. */
export function reachPage(plans: ReadonlyMap<string, Plan>): string {
  const stacks = [...plans.values()].flatMap((plan) => {
    const reach = openPaths(plan);
    return [
      `## ${plan.stack}`,
      reachSentence(reach),
      ...reachTables(reach).flatMap(({ title, rows }) => [
        `### ${title} of ${plan.stack}`,
        table(
          REACH_HEAD,
          rows.map(({ from, to, by }) => [from.join(", "), to.join(", "), by]),
          escaped,
        ),
      ]),
    ];
  });
  return `${[
    "# Who reaches what",
    "Written by `npm run accept` from the offline previews; CI fails while it is out of date. `npm run reach -- --stack production` prints the same, and answers one " +
      "question with every setting that decides, such as `npm run reach -- --stack production --from crm-core --to crm-database-primary --port 5432`.",
    "A path by port passes routes, security groups, network ACLs in both directions, endpoints and load balancers. A path by IAM action is allowed by all policies together: " +
      "those of the role, its permissions boundary if the plan has it, the data store's, its key's and the VPC endpoint's. A question mark marks what is undecided, because values are not known before the first update; behind it are the settings that have them. " +
      "For `subnets` a plan names all subnets of the VPC, since each list is an output of awsx's component that depends on all of them; which of them a service or load balancer gets is in no plan. " +
      "A policy on a bucket, queue or topic without a name of its own stays undecided where it names another such resource: Pulumi chooses these names in the first update. " +
      "`(start)` is the role that starts a task, not its code. " +
      "The page lists what is open from the internet to everything; from distributions and load balancers to what they call; from compute to all other components on the ports on which these answer, " +
      "and to the internet on every port; and all actions on data stores. Where the plan does not say on which port a component answers, all ports that are open are listed. What is not listed is blocked, or not modelled (below). " +
      "A function takes no connections: IAM decides who invokes it. Not part of it: service control policies, KMS grants, what another stack attaches, and that AWS stops port 25 until an account asks for it.",
    "The rules `network-paths` and `access-paths` compare the paths with those that the pack's configuration declares.",
    "Callers by IAM action are ECS tasks, Lambda functions, instances, and what starts instances: Auto Scaling groups, fleets and spot requests, and a launch template that nothing of the plan uses. " +
      "Not modelled as callers are the roles that other services assume, such as EventBridge, Step Functions, CodeBuild, Glue, EKS and S3 replication, and users of IAM. " +
      "In the network, Auto Scaling groups, spot requests and instances have the security groups and the public address of their launch template or configuration where they set none; of a template, the newest version counts, which is that of the plan. " +
      "Not modelled in the network are fleets, classic load balancers, network interfaces that stand alone, tasks that EventBridge starts, and what answers in the internet without a VPC beside distributions: function URLs, API Gateway, AppSync, App Runner, Amplify, Elastic Beanstalk, Lightsail, Global Accelerator and Transfer Family. The line above the tables names those that the plan has, and all others with subnets or security groups of which no path is derived.",
    ...stacks,
  ].join("\n\n")}\n`;
}

/** Text in which Markdown takes nothing for a mark. */
function escaped(text: string): string {
  return text.replace(/[|<>*]/g, (mark) => `\\${mark}`);
}
