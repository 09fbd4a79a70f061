/** Services that call each other: links, order, Service Connect, network. */
import assert from "node:assert/strict";

import { CrmService } from "../../components/service";
import { connectedServices } from "../../components/service/connected-services";
import { serviceConnect } from "../../components/service/service-connect";
import { serviceLink } from "../../platform/links";
import { livingServiceProblems, livingServices } from "../../schema/living-services";
import { serviceCalls } from "../../schema/service-calls";
import { servicesSchema } from "../../schema/services";
import { servicesRules } from "../../schema/services-rules";
import { createService, SERVICES, type Raw } from "../support/compute";
import { container, planService, platform, SERVICE } from "../support/compute-plan";
import { tags } from "../support/fixtures";
import { record } from "../support/mocks";
import { problems as stackProblems } from "../support/stack-files";

const call = (service: string) => ({ service, access: "call" });
const SMALL = { cpu: 256, memoryMiB: 512 };
const ROOM = { cpu: 512, memoryMiB: 1024 };
const services = (links: Readonly<Record<string, readonly object[]>>, change: Raw = {}) =>
  servicesSchema.parse(
    Object.fromEntries(
      Object.entries(SERVICES).map(([name, one]) => [
        name,
        {
          ...one,
          ...ROOM,
          ...(links[name] && { links: links[name] }),
          ...(change[name] as object),
        },
      ]),
    ),
  );

function problems(config: ReturnType<typeof services>): string[] {
  const found: string[] = [];
  servicesRules(config, (path, _given, expected) => found.push(`${path.join(".")}: ${expected}`));
  return found;
}

describe("services that call each other", () => {
  it("are created after those that they call, in one namespace, where others stay out of it", async () => {
    const config = services({ auth: [call("social")], social: [call("core")] });
    assert.deepEqual(serviceCalls(config).order.slice(0, 3), ["core", "social", "auth"]);
    const plan = await record(
      () => {
        const made = connectedServices(
          config,
          { namespaceName: "crm-production", tags: tags("network") },
          {},
          (service, key, { connection, callsAfter }) =>
            createService({ platform: platform({}) }, key, service, {
              connection,
              startAfter: callsAfter,
            }),
        );
        assert.deepEqual(Object.keys(made), Object.keys(config));
        assert.ok(Object.values(made).every((one) => one instanceof CrmService));
      },
      { preview: false },
    );
    const namespace = plan.only("aws:servicediscovery/httpNamespace:HttpNamespace");
    assert.equal(namespace.inputs["name"], "crm-production");
    const of = (name: string) => plan.get(SERVICE, `crm-${name}`);
    const connect = (name: string) => of(name).inputs["serviceConnectConfiguration"];
    assert.deepEqual(connect("core").services, [
      {
        portName: "core",
        discoveryName: "core",
        clientAlias: [{ dnsName: "core", port: config["core"]!.port }],
        timeout: { idleTimeoutSeconds: 300, perRequestTimeoutSeconds: 0 },
      },
    ]);
    assert.equal(connect("core").enabled, true);
    assert.equal(
      connect("core").logConfiguration.options["awslogs-group"],
      "/ecs/crm-core-service",
    );
    assert.equal(connect("auth").services, undefined);
    assert.equal(connect("analytics"), undefined);
    assert.ok(of("social").dependencies.includes(of("core").urn));
    assert.ok(of("auth").dependencies.includes(of("social").urn));
  });

  it("have a named port where they are called, and none otherwise", async () => {
    const connection = {
      namespaceArn: "arn:aws:servicediscovery:us-east-1:1:namespace/1",
      isCalled: true,
    };
    const [called] = container(await planService("auth", {}, { connection }))["portMappings"];
    assert.deepEqual([called.name, called.appProtocol], ["auth", "http"]);
    const [other] = container(await planService("auth"))["portMappings"];
    assert.equal("name" in other, false);
  });

  it("leave 256 CPU units to the proxy, with and without tracing; tasks that run once have none", async () => {
    // "We recommend adding an additional 256 CPU units": ECS Developer Guide, "Service Connect components".
    const size = { cpu: 1024, memoryMiB: 2048 };
    const tasks = { report: { command: ["a"], schedule: { expression: "rate(1 hour)" } } };
    const connection = { namespaceArn: "arn", isCalled: false };
    for (const tracing of [true, false]) {
      const change = { ...size, tracing, tasks, links: [call("core")] };
      const links = [serviceLink("core", 3002)];
      const plan = await planService("auth", change, { connection, links });
      const of = (name: string): { cpu?: number; environment: { name: string }[] }[] =>
        JSON.parse(
          plan.get("aws:ecs/taskDefinition:TaskDefinition", name).inputs["containerDefinitions"],
        );
      const own = of("crm-auth");
      assert.equal(
        own.reduce((sum, { cpu }) => sum + cpu!, 0),
        1024 - 256,
        String(tracing),
      );
      const [once] = of("crm-auth-tasks-report");
      assert.equal(once!.cpu, undefined);
      // Not a client of Service Connect: "Standalone tasks" are not supported, and the name means nothing there.
      const knows = (one: typeof once) => one!.environment.some(({ name }) => name === "CORE_URL");
      assert.deepEqual([knows(own[0]), knows(once)], [true, false]);
    }
  });

  it("are answered within 15 seconds, AWS's default, or that of the stack file; with a route the proxy has no limit", () => {
    const config = services({});
    const limit = (change: Raw) => {
      const connection = { namespaceArn: "arn", isCalled: true };
      const all = { service: "auth", config: { ...config["auth"]!, ...change }, connection };
      const log = { logGroupName: "a", region: "us-east-1" };
      return (serviceConnect(all, log)!.services as unknown as Raw[])[0]!["timeout"];
    };
    const idle = { idleTimeoutSeconds: 300 };
    // "Application Load Balancer traffic defaults to routing through the Service Connect agent in awsvpc network mode."
    assert.deepEqual(limit({}), { ...idle, perRequestTimeoutSeconds: 0 });
    const grpc = { route: { ...SERVICES["auth"]!["route"]!, protocol: "grpc" } };
    assert.deepEqual(limit(grpc), { ...idle, perRequestTimeoutSeconds: 0 });
    assert.deepEqual(limit({ route: undefined }), { ...idle, perRequestTimeoutSeconds: 15 });
    assert.deepEqual(limit({ callTimeoutSeconds: 30 }), { ...idle, perRequestTimeoutSeconds: 30 });
  });

  it("speak gRPC to a service without a route, which says so", async () => {
    // API reference, PortMapping: appProtocol is what the application speaks (http, http2, grpc).
    const rpc = { port: 3006, route: undefined, callProtocol: "grpc", ...ROOM };
    const health = { containerHealth: { command: ["/bin/grpc_health_probe"] } };
    const worker = { ...rpc, ...health, deployment: { strategy: "rolling" } };
    const connection = { namespaceArn: "arn", isCalled: true };
    const plan = await planService("auth", worker, { connection });
    const [own]: { portMappings: object[] }[] = JSON.parse(
      plan.get("aws:ecs/taskDefinition:TaskDefinition", "crm-auth").inputs["containerDefinitions"],
    );
    assert.deepEqual(own!.portMappings, [
      { containerPort: 3006, hostPort: 3006, protocol: "tcp", name: "auth", appProtocol: "grpc" },
    ]);
    const [service] = plan.ofType("aws:ecs/service:Service");
    const [called] = service!.inputs["serviceConnectConfiguration"].services;
    assert.deepEqual(called.timeout, { idleTimeoutSeconds: 300, perRequestTimeoutSeconds: 0 });

    const found = (change: (service: Record<string, unknown>) => void) =>
      stackProblems("staging", ({ services: all, network }) => {
        const { ingress, egress } = network.securityGroups.ecs;
        ingress.push({ port: 3006, protocol: "tcp", source: "ecs" });
        egress.push({ port: 3006, protocol: "tcp", destination: "ecs" });
        Object.assign(all.core, { cpu: 1024, memoryMiB: 2048 });
        all.core.links.push({ service: "auth", access: "call" });
        Object.assign(all.auth, { ...worker, ...ROOM });
        for (const key of ["route", "targetHealth"]) delete all.auth[key];
        delete all.auth.scaling;
        change(all.auth);
      });
    assert.deepEqual(
      found(() => {}),
      [],
    );
    assert.deepEqual(
      found((auth) => delete auth["containerHealth"]),
      [
        "crm:services.auth.containerHealth.command: expected a command, as callProtocol is grpc: the default one requests a path, got nothing",
      ],
    );
    const kept = (protocol: "http" | "grpc", callers: string[]) => {
      const links = Object.fromEntries(callers.map((name) => [name, [call("auth")]]));
      return livingServices(services(links, { auth: { ...worker, callProtocol: protocol } }));
    };
    // "appProtocol is immutable in a Service Connect service": the same page. Of one that no service calls there is none.
    const changed = (before: ReturnType<typeof kept>, protocol: "http" | "grpc") => {
      const links = { core: [call("auth")] };
      const now = services(links, { auth: { ...worker, callProtocol: protocol } });
      return livingServiceProblems(before, now, "staging").map(({ key }) => key);
    };
    assert.deepEqual(changed(kept("http", ["core"]), "grpc"), ["crm:services.auth.callProtocol"]);
    assert.deepEqual(changed(kept("grpc", ["core"]), "grpc"), []);
    assert.deepEqual(changed(kept("http", []), "grpc"), []);

    const alone = stackProblems("staging", ({ services: all }) => {
      Object.assign(all.auth, { callProtocol: "grpc" });
    });
    assert.deepEqual(
      alone.map((text) => text.replace(/: expected (.{40}).*/, ": $1")),
      [
        "crm:services.auth.callProtocol: no such entry beside a route, whose prot",
        "crm:services.auth.callProtocol: no such entry, as no service calls it, g",
      ],
    );
  });

  it("are refused on tasks without room for the proxy, and a limit where no service calls", () => {
    const { cpu, memoryMiB } = SMALL;
    const found = problems(
      services({ auth: [call("core")] }, { auth: SMALL, core: { cpu, memoryMiB } }),
    );
    assert.deepEqual(found, [
      "auth.cpu: at least 512 CPU units, as it calls other services: the proxy of ECS Service Connect takes 256",
      "core.cpu: at least 512 CPU units, as other services call it: the proxy of ECS Service Connect takes 256",
    ]);
    const limited = stackProblems("production", (sections) => {
      sections["services"].auth.callTimeoutSeconds = 30;
    });
    assert.deepEqual(limited, [
      "crm:services.auth.callTimeoutSeconds: expected no such entry, as no service calls it, got 30",
    ]);
  });

  it("with a route close idle connections after the load balancer does", () => {
    const found = (seconds: number, change: object = {}) =>
      stackProblems("production", ({ services: all, cluster, network }) => {
        cluster.loadBalancer.idleTimeoutSeconds = seconds;
        Object.assign(all.auth, { ...ROOM, links: [call("analytics")] });
        Object.assign(all.analytics, change);
        const rule = { port: "3000-3010", protocol: "tcp" };
        network.securityGroups.ecs.egress.push({ ...rule, destination: "ecs" });
        network.securityGroups.ecs.ingress.push({ ...rule, source: "ecs" });
      });
    assert.deepEqual(found(299), []);
    // "We also recommend that you configure the idle timeout of your application to be larger."
    assert.deepEqual(found(300), [
      "crm:cluster.loadBalancer.idleTimeoutSeconds: expected at most 299 seconds, as another service calls analytics, whose proxy closes a connection after 300 seconds without traffic: then requests on it would fail, got 300",
    ]);
    const worker = { containerHealth: { command: ["a"] }, deployment: { strategy: "rolling" } };
    assert.deepEqual(found(300, { ...worker, route: undefined }), []);
  });

  it("get the address as a variable", () => {
    assert.deepEqual(serviceLink("price-list", 3006), {
      environment: { PRICE_LIST_URL: "http://price-list:3006" },
      statements: [],
    });
  });

  it("are refused in a circle, and without a port", () => {
    assert.deepEqual(problems(services({ auth: [call("core")] })), []);
    const circle = problems(
      services({ auth: [call("social")], social: [call("core")], core: [call("auth")] }),
    );
    assert.equal(circle.length, 3);
    assert.match(
      circle[0]!,
      /^auth\.links\.0\.service: a service that does not call auth itself: a task knows only/,
    );
    assert.match(
      problems(services({ auth: [call("auth")] })).join(),
      /^auth\.links\.0\.service: a service that does not call auth itself/,
    );
    const worker = {
      route: undefined,
      port: undefined,
      deployment: { strategy: "rolling" },
      containerHealth: { command: ["a"] },
    };
    const found = problems(services({ auth: [call("core")] }, { core: worker }));
    assert.deepEqual(found, ["auth.links.0.service: a service with a port"]);
  });

  it("need a rule of the network for the port", () => {
    const found = stackProblems("production", (sections) => {
      Object.assign(sections["services"].auth, { ...ROOM, links: [call("core")] });
    });
    assert.equal(found.length, 1, found.join("\n"));
    assert.match(
      found[0]!,
      /^crm:network\.securityGroups\.ecs\.egress: expected a rule for tcp 3002 to ecs, as auth gets its URL/,
    );
  });
});
