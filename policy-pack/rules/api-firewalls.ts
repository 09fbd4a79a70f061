/** Web ACLs of APIs. */
import type { Node, StackGraph } from "../../analysis/graph";
import { read, UNKNOWN } from "../../analysis/properties";
import { type Controls, type Report, type Rule, stackRule } from "../define";
import { isPrivateApi, notPlanned, REST_API, restApiOf, STAGE } from "./api-types";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const ASSOCIATIONS = [
  "aws:wafv2/webAclAssociation:WebAclAssociation",
  "aws:wafregional/webAclAssociation:WebAclAssociation",
];
const GRAPHQL_API = "aws:appsync/graphQLApi:GraphQLApi";

/** Whether a web ACL is associated with a resource; UNKNOWN when an association may be with it. */
function hasWebAcl(graph: StackGraph, node: Node): boolean | typeof UNKNOWN {
  const isAttached = ASSOCIATIONS.some(
    (type) => graph.referring(node, type, "resourceArn").length > 0,
  );
  // An ARN that is made of another resource is that one's; an API is a part of its stage's.
  const isVague = ASSOCIATIONS.flatMap((type) =>
    graph.unplaced(type, "resourceArn", node.type),
  ).some(({ references }) => {
    const types = (references["resourceArn"] ?? []).map((urn) => graph.get(urn)?.type);
    return types.length === 0 || (node.type === STAGE && types.includes(REST_API));
  });
  return isAttached || (isVague ? UNKNOWN : false);
}

interface Reachable {
  /** Whether a private API needs one, too: of REST APIs all controls but Checkov's ask for it, of GraphQL APIs Checkov's. */
  readonly privateApis: boolean;
}

const restApiFirewall = stackRule<Reachable>({
  id: "api-waf-attached",
  description: "A stage of a REST API that is not private has a web ACL.",
  severity: "medium",
  controls: { securityHub: ["APIGateway.4"], cdkNag: ["APIG3"], checkov: ["CKV2_AWS_29"] },
  remediation: "Add an aws.wafv2.WebAclAssociation with the stage's ARN.",
  url: `${GUIDE}/apigateway-controls.html#apigateway-4`,
  defaults: { privateApis: false },
  check(graph, reportOn, { privateApis }) {
    for (const stage of graph.ofType(STAGE)) {
      const attached = hasWebAcl(graph, stage);
      if (attached !== true) {
        judgeStage(graph, stage, { attached, privateApis }, reportOn(stage));
      }
    }
  },
});

/** Of those that require it, Checkov leaves out private APIs. */
const OF_ANY_STAGE: Controls = { securityHub: ["APIGateway.4"], cdkNag: ["APIG3"] };
const OF_PUBLIC_STAGES: Controls = { checkov: ["CKV2_AWS_29"] };

function judgeStage(
  graph: StackGraph,
  stage: Node,
  { attached, privateApis }: Reachable & { readonly attached: false | typeof UNKNOWN },
  report: Report,
): void {
  const api = restApiOf(graph, stage);
  const isPrivate = api === UNKNOWN ? UNKNOWN : isPrivateApi(api);
  if (isPrivate === true && !privateApis) {
    return;
  }
  if (attached === UNKNOWN) {
    const leaves = isPrivate === true ? OF_ANY_STAGE : undefined;
    report.undecided("the resourceArn of a WebAclAssociation", undefined, leaves);
    return;
  }
  if (isPrivate === false || privateApis) {
    const breaks = isPrivate === false ? undefined : OF_ANY_STAGE;
    report.violation("no WebAclAssociation refers to it; add one.", breaks);
  }
  if (isPrivate === UNKNOWN) {
    const [why] = api === UNKNOWN ? notPlanned(stage) : [];
    const leaves = privateApis ? OF_PUBLIC_STAGES : undefined;
    report.undecided("endpointConfiguration.types of its API", why, leaves);
  }
}

const graphqlFirewall = stackRule<Reachable>({
  id: "appsync-waf-attached",
  description: "A GraphQL API that is not private has a web ACL.",
  severity: "medium",
  controls: { checkov: ["CKV2_AWS_33"] },
  remediation: "Add an aws.wafv2.WebAclAssociation with the API's ARN.",
  url: "https://docs.aws.amazon.com/appsync/latest/devguide/WAF-Integration.html",
  defaults: { privateApis: false },
  check(graph, reportOn, { privateApis }) {
    for (const api of graph.ofType(GRAPHQL_API)) {
      const attached = hasWebAcl(graph, api);
      const visibility = privateApis ? "any" : read(api.properties, "visibility");
      if (attached === true || visibility === "PRIVATE") {
        continue;
      }
      if (attached === UNKNOWN) {
        reportOn(api).undecided("the resourceArn of a WebAclAssociation");
      } else if (visibility === UNKNOWN) {
        reportOn(api).undecided("visibility");
      } else {
        reportOn(api).violation("no WebAclAssociation refers to it; add one.");
      }
    }
  },
});

export const apiFirewallRules: readonly Rule[] = [restApiFirewall, graphqlFirewall];
