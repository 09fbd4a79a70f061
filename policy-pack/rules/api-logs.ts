/** What APIs log of their requests. */
import type { Node, StackGraph } from "../../analysis/graph";
import { isRecord, read, UNKNOWN } from "../../analysis/properties";
import { expect, isTrue, type Report, type Rule, stackRule } from "../define";
import { isSet, itemPaths, propertyRule } from "../relations";
import {
  API_V2,
  isQuickCreated,
  METHOD,
  notPlanned,
  protocolOf,
  REST_API,
  SETTINGS,
  STAGE,
  STAGE_V2,
} from "./api-types";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";

interface ExecutionLogs {
  /** Whether a REST API's stage also needs detailed metrics, which cost extra. */
  readonly metrics: boolean;
}

const isLogged = (level: unknown) => level === "ERROR" || level === "INFO";

const executionLogged = stackRule<ExecutionLogs>({
  id: "api-execution-logged",
  description: "A REST or WebSocket API logs what happens to its requests.",
  severity: "medium",
  controls: { securityHub: ["APIGateway.1"], cdkNag: ["APIG6"], checkov: ["CKV2_AWS_4"] },
  remediation:
    'Add an aws.apigateway.MethodSettings for the stage with methodPath "*/*" and loggingLevel "ERROR"; of a WebSocket API, set defaultRouteSettings.loggingLevel.',
  url: `${GUIDE}/apigateway-controls.html#apigateway-1`,
  defaults: { metrics: false },
  check(graph, reportOn, { metrics }) {
    for (const stage of graph.ofType(STAGE)) {
      judgeMethods(graph, stage, metrics, reportOn(stage));
    }
    for (const stage of graph.ofType(STAGE_V2)) {
      const protocol = protocolOf(graph, stage);
      const report = reportOn(stage);
      const property = "defaultRouteSettings.loggingLevel";
      if (protocol === UNKNOWN && !isLogged(read(stage.properties, property))) {
        report.undecided("the protocolType of its API", ...notPlanned(stage));
      } else if (protocol !== "HTTP") {
        // HTTP APIs have access logs alone.
        expect(stage, report, property, isLogged, 'set it to "ERROR"');
        for (const path of itemPaths(stage.properties, "routeSettings", report)) {
          const isOn = (level: unknown) => level === undefined || isLogged(level);
          expect(stage, report, `${path}.loggingLevel`, isOn, 'set it to "ERROR"');
        }
      }
    }
  },
});

/** The settings of a stage: all its methods' under the path of any method, and those of single methods. */
function judgeMethods(graph: StackGraph, stage: Node, metrics: boolean, report: Report): void {
  const { found, vague } = settingsOf(graph, stage);
  const of = (setting: Node, property: string) => read(setting.properties, property);
  const level = (setting: Node) => of(setting, "settings.loggingLevel");
  const general = found.filter((setting) => of(setting, "methodPath") === "*/*");
  const single = found.filter((setting) => of(setting, "methodPath") !== "*/*");
  const off = single.find((setting) => level(setting) === "OFF");
  const logged = new Set(
    single.filter((one) => isLogged(level(one))).map((one) => of(one, "methodPath")),
  );
  const apis = graph.referred(stage, "restApi", REST_API);
  const methods =
    apis === UNKNOWN ? [] : apis.flatMap((api) => graph.referring(api, METHOD, "restApi"));
  // Each method has a path of its own, and API Gateway refuses settings of a path without a method.
  const all =
    general.some((one) => isLogged(level(one))) ||
    (methods.length > 0 && logged.size >= methods.length);
  if (off !== undefined) {
    report.violation(`loggingLevel of ${off.name} is "OFF"; set it to "ERROR".`);
  } else if (
    !all &&
    (vague || found.some((one) => level(one) === UNKNOWN || of(one, "methodPath") === UNKNOWN))
  ) {
    report.undecided("the loggingLevel of a MethodSettings");
  } else if (!all) {
    report.violation(
      'no MethodSettings logs all its methods; add one with methodPath "*/*" and loggingLevel "ERROR".',
    );
  }
  const measured = general.map((one) => of(one, "settings.metricsEnabled"));
  if (!metrics || measured.includes(true)) {
    return;
  }
  if (vague || measured.includes(UNKNOWN)) {
    report.undecided("the metricsEnabled of a MethodSettings");
  } else {
    report.violation(
      'no MethodSettings measures all its methods; set metricsEnabled to true in the one with methodPath "*/*".',
      { checkov: ["CKV2_AWS_4"] },
    );
  }
}

/** The MethodSettings of a stage, which name it by a reference or by its name; whether one may be of it. */
function settingsOf(graph: StackGraph, stage: Node): { found: readonly Node[]; vague: boolean } {
  const found: Node[] = [];
  let vague = false;
  for (const setting of graph.ofType(SETTINGS)) {
    const stages = graph.referred(setting, "stageName", STAGE);
    if (stages !== UNKNOWN && stages.length > 0) {
      if (stages.includes(stage)) found.push(setting);
      continue;
    }
    const [name, own] = [setting, stage].map(({ properties }) => read(properties, "stageName"));
    const same = sameApi(graph, setting, stage);
    if (name === own && name !== UNKNOWN && same === true) {
      found.push(setting);
    } else if (same !== false && (name === UNKNOWN || own === UNKNOWN || name === own)) {
      vague = true;
    }
  }
  return { found, vague };
}

function sameApi(graph: StackGraph, one: Node, other: Node): boolean | typeof UNKNOWN {
  const [first, second] = [one, other].map((node) => graph.referred(node, "restApi", REST_API));
  if (first === UNKNOWN || second === UNKNOWN) {
    const [id, otherId] = [one, other].map(({ properties }) => read(properties, "restApi"));
    return id === UNKNOWN || otherId === UNKNOWN ? UNKNOWN : id === otherId;
  }
  return first!.some((api) => second!.includes(api));
}

const accessLogged = stackRule({
  id: "api-stage-logged",
  description: "An API's calls are logged.",
  severity: "medium",
  controls: {
    securityHub: ["APIGateway.9"],
    cdkNag: ["APIG1"],
    checkov: ["CKV_AWS_76"],
    trivy: ["AWS-0001"],
  },
  remediation: "Set accessLogSettings with destinationArn and format.",
  url: `${GUIDE}/apigateway-controls.html#apigateway-9`,
  check(graph, reportOn) {
    const accepts = (value: unknown) => isRecord(value) && isSet(value, "destinationArn");
    for (const stage of graph.ofType(STAGE, STAGE_V2)) {
      const fix = "set destinationArn and format in it";
      expect(stage, reportOn(stage), "accessLogSettings", accepts, fix);
    }
    for (const api of graph.ofType(API_V2)) {
      const isQuick = isQuickCreated(api);
      if (isQuick === UNKNOWN) {
        reportOn(api).undecided("target");
      } else if (isQuick) {
        reportOn(api).violation(
          "target creates a stage without access logs; add a Stage with accessLogSettings instead.",
        );
      }
    }
  },
});

const traced = propertyRule({
  id: "api-stage-traced",
  description: "An API's calls are traced.",
  severity: "low",
  controls: { securityHub: ["APIGateway.3"], checkov: ["CKV_AWS_73"], trivy: ["AWS-0003"] },
  remediation: "Set xrayTracingEnabled to true.",
  url: `${GUIDE}/apigateway-controls.html#apigateway-3`,
  types: [STAGE],
  property: "xrayTracingEnabled",
  accepts: isTrue,
  fix: "set it to true",
});

export const apiLogRules: readonly Rule[] = [executionLogged, accessLogged, traced];
