import assert from "node:assert/strict";

import { BOOTSTRAP_IMAGE } from "../../components/images";
import { CLUSTER, createCluster, createService, DIGEST, serviceConfig } from "../support/compute";
import {
  container,
  containers,
  ecsService,
  environment,
  gateHook,
  planService,
  sids,
  warnings,
} from "../support/compute-plan";
import { keptImages } from "../support/image-lifecycle";
import { record, type Recording } from "../support/mocks";

const REGISTRY = "123456789012.dkr.ecr.us-east-1.amazonaws.com";

describe("task of a CrmService", () => {
  const plans: Record<string, Recording> = {};
  before(async () => {
    for (const service of ["auth", "core"]) {
      plans[service] = await planService(service);
    }
  });

  describe("task", () => {
    it("checks itself with a program of the image's own where the stack file names one", async () => {
      const change = { containerHealth: { command: ["node", "health.js"] } };
      const { command } = container(await planService("auth", change))["healthCheck"];
      assert.deepEqual(command, ["CMD", "node", "health.js"]);
      let started!: Recording;
      await warnings(async () => {
        started = await planService("auth", { ...change, image: undefined });
      });
      assert.match(container(started)["healthCheck"].command[1], /^wget /);
    });

    it("checks itself as the document says", () => {
      assert.deepEqual(container(plans["auth"]!)["healthCheck"], {
        command: ["CMD-SHELL", "curl -f http://localhost:3001/health || exit 1"],
        interval: 30,
        timeout: 5,
        retries: 3,
        startPeriod: 60,
      });
    });

    it("runs on Fargate by awsvpc, on the processor of the stack file", async () => {
      const task = plans["auth"]!.only("aws:ecs/taskDefinition:TaskDefinition").inputs;
      assert.equal(task["networkMode"], "awsvpc");
      assert.deepEqual(task["requiresCompatibilities"], ["FARGATE"]);
      assert.deepEqual(task["runtimePlatform"], {
        operatingSystemFamily: "LINUX",
        cpuArchitecture: "ARM64",
      });
      const intel = (await planService("auth", { architecture: "X86_64" })).only(
        "aws:ecs/taskDefinition:TaskDefinition",
      );
      assert.equal(intel.inputs["runtimePlatform"].cpuArchitecture, "X86_64");
    });

    it("keeps its old revisions, to go back to", () => {
      const task = plans["auth"]!.only("aws:ecs/taskDefinition:TaskDefinition").inputs;
      assert.equal(task["skipDestroy"], true);
      assert.equal(task["trackLatest"], false);
    });

    it("has no root user, no writable disk but /tmp, an init process and time to stop", () => {
      for (const entry of containers(plans["auth"]!)) {
        assert.match(entry["user"], /^[1-9]\d*:[1-9]\d*$/);
        assert.equal(entry["readonlyRootFilesystem"], true);
        assert.equal(entry["privileged"], false);
        assert.equal(entry["linuxParameters"].initProcessEnabled, true);
        assert.equal(entry["stopTimeout"], 110);
        assert.equal(entry["logConfiguration"].logDriver, "awslogs");
        assert.equal(entry["logConfiguration"].options["awslogs-group"], "/ecs/crm-auth-service");
      }
      assert.deepEqual(container(plans["auth"]!)["linuxParameters"].tmpfs, [
        { containerPath: "/tmp", size: 64, mountOptions: ["rw", "nosuid", "nodev"] },
      ]);
    });

    it("pulls the collector from a repository of the account's where it has one, and may", async () => {
      const collectorImage = `123456789012.dkr.ecr.us-east-1.amazonaws.com/crm-otel-collector@sha256:${"a".repeat(64)}`;
      const recording = await planService("core", {}, {}, { collectorImage });
      assert.equal(containers(recording)[1]!["image"], collectorImage);
      const policy = recording.get("aws:iam/rolePolicy:RolePolicy", "crm-core-execution");
      const pull = JSON.parse(policy.inputs["policy"]).Statement.find(
        ({ Sid }: { Sid: string }) => Sid === "PullImage",
      );
      assert.deepEqual(
        [pull.Resource].flat().map((arn: string) => arn.split("/")[1]),
        [
          ...(container(recording)["image"].includes("dkr.ecr") ? ["crm-core"] : []),
          "crm-otel-collector",
        ],
      );
    });

    it("shares the task's CPU units out, so that the collector cannot take half of them", async () => {
      for (const [service, plan] of Object.entries(plans)) {
        const task = plan.only("aws:ecs/taskDefinition:TaskDefinition").inputs;
        const [own, collector] = containers(plan).map(({ cpu }) => Number(cpu));
        assert.equal(own! + collector!, Number(task["cpu"]), service);
        assert.ok(own! >= 7 * collector! && collector! >= 2, service);
      }
      const alone = containers(await planService("auth", { tracing: false }));
      assert.deepEqual(
        alone.map(({ cpu }) => cpu),
        [undefined],
      );
    });

    it("sends traces through a collector beside it, by digest, whose end ends nothing", () => {
      const collector = containers(plans["core"]!)[1]!;
      assert.equal(collector["name"], "otel-collector");
      assert.equal(collector["essential"], false);
      assert.match(collector["image"], /aws-otel-collector:v[\d.]+@sha256:[0-9a-f]{64}$/);
      const config = JSON.parse(collector["environment"][0].value);
      assert.deepEqual(config.service.pipelines.traces.exporters, ["awsxray"]);
      assert.equal(config.exporters.awsxray.region, "us-east-1");
      assert.equal(
        environment(plans["core"]!)["OTEL_EXPORTER_OTLP_ENDPOINT"],
        "http://localhost:4318",
      );
    });

    it("tells the container how many connections it may open, and nothing where it reads no database", async () => {
      const args = { databasePool: 7 };
      const recording = await planService("core", {}, args);
      assert.equal(environment(recording)["DB_POOL_MAX"], "7");
      assert.equal(environment(plans["core"]!)["DB_POOL_MAX"], undefined);
    });

    it("is alone without tracing, with no right to write traces", async () => {
      const recording = await planService("auth", { tracing: false });
      assert.equal(containers(recording).length, 1);
      const policies = recording.ofType("aws:iam/rolePolicy:RolePolicy");
      assert.deepEqual(
        policies.map((policy) => policy.name).filter((n) => /^crm-auth/.test(n)),
        ["crm-auth-execution"],
      );
    });

    it("lets commands in only where the stack file says so, with room for their agent", async () => {
      assert.equal(ecsService(plans["auth"]!).inputs["enableExecuteCommand"], false);
      const recording = await planService("auth", { exec: true });
      assert.equal(ecsService(recording).inputs["enableExecuteCommand"], true);
      assert.deepEqual(
        container(recording)["linuxParameters"].tmpfs.map(
          (mount: { containerPath: string }) => mount.containerPath,
        ),
        ["/tmp", "/var/lib/amazon", "/var/log/amazon"],
      );
      const found = sids(recording, "crm-auth-task");
      assert.deepEqual(found, [
        "WriteTraces",
        "OpenChannels",
        "FindRecord",
        "WriteRecord",
        "DecryptSession",
      ]);
    });
  });

  describe("image", () => {
    it("is the service's own, by digest or tag, in the stack's region", async () => {
      assert.equal(container(plans["auth"]!)["image"], `${REGISTRY}/crm-auth@${DIGEST}`);
      const tagged = await planService("auth", { image: "1.4.2" });
      assert.equal(container(tagged)["image"], `${REGISTRY}/crm-auth:1.4.2`);
    });

    it("is another registry's where the reference is a full one", async () => {
      const recording = await planService("auth", { image: `ghcr.io/crm/auth@${DIGEST}` });
      assert.equal(container(recording)["image"], `ghcr.io/crm/auth@${DIGEST}`);
      const found = sids(recording, "crm-auth-execution");
      assert.deepEqual(found, ["WriteLog", "ReadSecrets", "DecryptSecrets"]);
    });

    it("lies in a repository with fixed tags, scans, a key and a lifecycle", () => {
      const repository = plans["auth"]!.only("aws:ecr/repository:Repository");
      assert.equal(repository.inputs["name"], "crm-auth");
      assert.equal(repository.inputs["imageTagMutability"], "IMMUTABLE");
      assert.deepEqual(repository.inputs["imageScanningConfiguration"], { scanOnPush: true });
      assert.equal(repository.inputs["encryptionConfigurations"][0].encryptionType, "KMS");
      assert.equal(repository.protect, true);
    });

    it("is kept for good once it was released, even after newer pushes", () => {
      const { policy } = plans["auth"]!.only("aws:ecr/lifecyclePolicy:LifecyclePolicy").inputs;
      const images = [
        { name: "released", tags: ["1.0.0", "released-0123456789ab"], ageDays: 900 },
        { name: "overwritten", tags: [], ageDays: 15 },
        ...Array.from({ length: 60 }, (_, n) => ({ name: `b${n}`, tags: [`b${n}`], ageDays: n })),
      ];
      const left = keptImages(policy, images).map(({ name }) => name);
      assert.ok(left.includes("released"));
      assert.equal(left.includes("overwritten"), false);
      assert.ok(left.includes("b40") && !left.includes("b59"));
    });

    it("is kept by the stack's own numbers", async () => {
      const recording = await record(() => {
        const cluster = createCluster(
          {},
          {
            ...CLUSTER,
            imageLifecycle: { releasedPrefix: "live-", keptImages: 3, untaggedDays: 1 },
          },
        );
        createService(cluster, "auth", serviceConfig("auth"));
      });
      for (const [type, property] of [
        ["aws:ecr/lifecyclePolicy:LifecyclePolicy", "policy"],
        ["aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate", "lifecyclePolicy"],
      ] as const) {
        const left = keptImages(recording.only(type).inputs[property], [
          { name: "live", tags: ["live-1"], ageDays: 99 },
          { name: "untagged", tags: [], ageDays: 20 },
          ...[5, 6, 7, 8].map((age) => ({ name: `b${age}`, tags: [`b${age}`], ageDays: age })),
        ]);
        const names = left.map(({ name }) => name);
        assert.deepEqual(names.sort(), ["b5", "b6", "b7", "live"]);
      }
    });

    it("comes from the copied repository where another stack has the service's own", async () => {
      const recording = await planService("auth", {
        repository: { create: false, name: "crm-auth" },
      });
      assert.deepEqual(recording.ofType("aws:ecr/repository:Repository"), []);
      assert.equal(container(recording)["image"], `${REGISTRY}/crm-auth@${DIGEST}`);
    });

    it("is a bootstrap image with a warning until one is set; it answers the check on the port", async () => {
      let recording!: Recording;
      const found = await warnings(async () => {
        recording = await planService("auth", {
          image: undefined,
          targetHealth: { path: "/api/ready/" },
        });
      });
      assert.equal(found.length, 1);
      assert.match(found[0]!, /crm:services\.auth\.image is not set/);
      const main = container(recording);
      assert.equal(main["image"], BOOTSTRAP_IMAGE);
      assert.match(BOOTSTRAP_IMAGE, /^public\.ecr\.aws\/.+@sha256:[0-9a-f]{64}$/);
      assert.deepEqual(main["command"], [
        "sh",
        "-c",
        "mkdir -p /tmp/www && echo bootstrap > /tmp/www/health && " +
          "mkdir -p /tmp/www/api/ready && echo bootstrap > /tmp/www/api/ready/index.html && " +
          "exec httpd -f -p 3001 -h /tmp/www",
      ]);
      assert.equal(
        main["healthCheck"].command[1],
        "wget -q -O /dev/null http://localhost:3001/health || exit 1",
      );
      assert.equal(main["readonlyRootFilesystem"], true);
    });

    it("is asked for its health check alone while it is a bootstrap image", async () => {
      let deployed!: Recording;
      await warnings(async () => {
        const change = { image: undefined, deployment: { checks: [{ path: "/auth/login" }] } };
        deployed = await planService("auth", change, {}, { preview: false });
      });
      assert.equal(gateHook(deployed).details.checks.length, 1);
    });
  });
});
