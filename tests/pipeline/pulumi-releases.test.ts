import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { execFileSync, spawnSync } from "../support/child";

const ROOT = path.join(__dirname, "..", "..");
const SCRIPT = path.join(ROOT, ".github", "scripts", "pulumi-releases.mjs");
const FILE = path.join(".github", "pulumi-releases.json");

interface Release {
  name: string;
  version: string;
  file: string;
  sha256: string | null;
}
interface Releases {
  needed(root?: string): Release[];
  install(options: object): Promise<{ bin: string; home: string; compared: string[] }>;
  update(options: object): Promise<Release[]>;
}

const NOW = Date.parse("2026-12-01");

/** Hosts that answer for this machine: archives by file name, and what GitHub states of them. */
class Hosts {
  public readonly archives = new Map<string, Buffer>();
  /** What Pulumi's own host serves instead. */
  public readonly mirrored = new Map<string, Buffer | "none">();
  public published = "2026-11-01T00:00:00Z";
  public digests = true;
  private readonly server = http.createServer((request, response) => {
    const url = request.url!;
    const tag = /^\/api\/repos\/(.+)\/releases\/tags\/v(.+)$/.exec(url);
    if (tag) {
      const assets = [...this.archives]
        .filter(([name]) => name.includes(`-v${tag[2]}-`))
        .map(([name, bytes]) => ({
          name,
          ...(this.digests && { digest: `sha256:${digestOf(bytes)}` }),
        }));
      response.end(JSON.stringify({ published_at: this.published, assets }));
      return;
    }
    const name = path.basename(url);
    const other = url.startsWith("/mirror/") ? this.mirrored.get(name) : undefined;
    const found = other === "none" ? undefined : (other ?? this.archives.get(name));
    response.writeHead(found ? 200 : 404).end(found);
  });

  public async start() {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    const origin = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return { api: `${origin}/api`, download: `${origin}/download`, mirror: `${origin}/mirror` };
  }

  public stop() {
    this.server.close();
  }
}

const digestOf = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

describe("Pulumi's CLI and plugins", () => {
  let releases: Releases;
  let directory: string;
  let hosts: Hosts;
  let addresses: Awaited<ReturnType<Hosts["start"]>>;

  /** A project with the versions of this one, and archives of its releases on the hosts. */
  beforeEach(async () => {
    releases = (await import(SCRIPT)) as Releases;
    directory = fs.mkdtempSync(path.join(os.tmpdir(), "releases-"));
    hosts = new Hosts();
    addresses = await hosts.start();
    fs.mkdirSync(path.join(directory, ".github"));
    fs.writeFileSync(
      path.join(directory, "package.json"),
      JSON.stringify({
        dependencies: {
          "@pulumi/pulumi": "3.1.0",
          "@pulumi/aws": "7.9.0",
          "@pulumi/awsx": "3.2.0",
          "@pulumi/random": "4.3.0",
        },
      }),
    );
    fs.writeFileSync(
      path.join(directory, "package-lock.json"),
      JSON.stringify({
        packages: { "node_modules/@pulumi/awsx": { dependencies: { "@pulumi/aws": "^7.4.0" } } },
      }),
    );
    write(releases.needed(directory));
    for (const { name, file } of releases.needed(directory)) {
      hosts.archives.set(file, archive(name));
    }
  });
  afterEach(() => {
    hosts.stop();
    fs.rmSync(directory, { recursive: true });
  });

  const write = (list: Release[]) =>
    fs.writeFileSync(
      path.join(directory, FILE),
      JSON.stringify({ about: "About.", releases: list }),
    );
  const written = () =>
    (
      JSON.parse(fs.readFileSync(path.join(directory, FILE), "utf8")) as {
        releases: Release[];
      }
    ).releases;
  const update = () => releases.update({ root: directory, hosts: addresses, now: NOW });
  const folder = () => path.join(directory, "installed");
  const install = () =>
    releases.install({ root: directory, folder: folder(), hosts: addresses, now: NOW });

  it("names the address that does not answer, and what to do", async () => {
    hosts.stop();
    await assert.rejects(
      () => releases.update({ root: directory, hosts: addresses, now: NOW }),
      /^Error: http:\/\/[^ ]+: expected an answer, got .*ECONNREFUSED.*\. Run it again with access to the internet\.$/,
    );
  });

  /** As the projects pack them: the CLI below a folder of its name, a plugin's program alone. */
  function archive(name: string): Buffer {
    const from = fs.mkdtempSync(path.join(directory, "pack-"));
    const program = name === "pulumi" ? "pulumi/pulumi" : `pulumi-resource-${name}`;
    fs.mkdirSync(path.dirname(path.join(from, program)), { recursive: true });
    fs.writeFileSync(path.join(from, program), `#!/bin/sh\necho ${name}\n`, { mode: 0o755 });
    const packed = path.join(from, "packed.tar.gz");
    execFileSync("tar", ["-czf", packed, "-C", from, program.split("/")[0]!]);
    return fs.readFileSync(packed);
  }

  it("are those of package.json, and what awsx asks for besides", () => {
    assert.deepEqual(
      releases.needed(directory).map(({ file }) => file),
      [
        "pulumi-v3.1.0-linux-x64.tar.gz",
        "pulumi-resource-aws-v7.9.0-linux-amd64.tar.gz",
        "pulumi-resource-aws-v7.4.0-linux-amd64.tar.gz",
        "pulumi-resource-awsx-v3.2.0-linux-amd64.tar.gz",
        "pulumi-resource-random-v4.3.0-linux-amd64.tar.gz",
      ],
    );
  });

  it("stand in the repository for the versions that it pins", () => {
    const { releases: recorded } = JSON.parse(fs.readFileSync(path.join(ROOT, FILE), "utf8")) as {
      releases: Release[];
    };
    const files = (list: Release[]) => list.map(({ file }) => file);
    assert.deepEqual(files(recorded), files(releases.needed()));
    for (const { sha256 } of recorded) {
      assert.ok(sha256 === null || /^[0-9a-f]{64}$/.test(sha256));
    }
  });

  it("are recorded where two records agree, and installed where the CLI looks for them", async () => {
    await update();
    for (const { file, sha256 } of written()) {
      assert.equal(sha256, digestOf(hosts.archives.get(file)!));
    }
    const { bin, home } = await install();
    assert.equal(execFileSync(path.join(bin, "pulumi")), "pulumi\n");
    for (const plugin of ["aws-v7.9.0", "aws-v7.4.0", "awsx-v3.2.0", "random-v4.3.0"]) {
      const program = `pulumi-resource-${plugin.split("-")[0]}`;
      assert.ok(fs.existsSync(path.join(home, "plugins", `resource-${plugin}`, program)), plugin);
    }
  });

  it("are refused when one is not what the file says, and none is unpacked", async () => {
    await update();
    hosts.archives.set("pulumi-resource-random-v4.3.0-linux-amd64.tar.gz", archive("else"));
    await assert.rejects(install(), /random-v4\.3\.0.*expected SHA-256 [0-9a-f]{64}, got/);
    assert.ok(!fs.existsSync(folder()));
  });

  it("are compared before they are unpacked, as long as no SHA-256 is recorded", async () => {
    const { bin, compared } = await install();
    assert.deepEqual(
      compared,
      releases.needed(directory).map(({ file }) => file),
    );
    assert.equal(execFileSync(path.join(bin, "pulumi")), "pulumi\n");
    assert.ok(written().every(({ sha256 }) => sha256 === null));
  });

  it("are refused without a SHA-256 where the records differ, one is missing, or a version is young", async () => {
    const last = "pulumi-resource-random-v4.3.0-linux-amd64.tar.gz";
    const refused = async (reason: RegExp) => {
      await assert.rejects(install(), reason);
      assert.ok(!fs.existsSync(folder()));
    };
    hosts.mirrored.set(last, archive("else"));
    await refused(/random-v4\.3\.0.*GitHub states sha256:[0-9a-f]+, get\.pulumi\.com serves/);
    hosts.mirrored.set(last, "none");
    await refused(/mirror\/plugins\/pulumi-resource-random-v4\.3\.0.*status 404/);
    hosts.mirrored.clear();
    hosts.digests = false;
    await refused(/GitHub states no digest/);
    hosts.digests = true;
    hosts.published = "2026-11-28T00:00:00Z";
    await refused(/expected 7 days ago or more/);
  });

  it("are what the recorded SHA-256 says, whatever both records say now", async () => {
    const [cli, ...others] = releases.needed(directory);
    write([{ ...cli!, sha256: "0a".repeat(32) }, ...others]);
    await assert.rejects(install(), /pulumi-v3\.1\.0.*expected SHA-256 (0a){32}, got/);
    write([{ ...cli!, sha256: digestOf(hosts.archives.get(cli!.file)!) }, ...others]);
    hosts.mirrored.set(cli!.file, archive("else"));
    const { compared } = await install();
    assert.deepEqual(
      compared,
      others.map(({ file }) => file),
    );
  });

  it("are refused where a recorded SHA-256 is not one", async () => {
    for (const sha256 of ["", "0a", undefined]) {
      const [cli, ...others] = releases.needed(directory);
      write([{ ...cli!, sha256: sha256 as string }, ...others]);
      await assert.rejects(install(), /pulumi-v3\.1\.0.*expected SHA-256/);
      assert.ok(!fs.existsSync(folder()));
    }
  });

  it("are refused when package.json has moved on", async () => {
    await update();
    write(written().slice(1));
    await assert.rejects(install(), /not about the versions of package\.json/);
  });

  it("are not recorded where the records differ, one is missing, or a version is a week old", async () => {
    hosts.mirrored.set("pulumi-v3.1.0-linux-x64.tar.gz", archive("else"));
    await assert.rejects(update(), /GitHub states sha256:[0-9a-f]+, get\.pulumi\.com serves/);
    hosts.mirrored.clear();
    hosts.digests = false;
    await assert.rejects(update(), /GitHub states no digest/);
    hosts.digests = true;
    hosts.published = "2026-11-28T00:00:00Z";
    await assert.rejects(update(), /expected 7 days ago or more/);
    hosts.published = "2026-11-24T00:00:00Z";
    await update();
  });

  it("are not recorded again when a version's files have changed", async () => {
    await update();
    hosts.archives.set("pulumi-resource-random-v4.3.0-linux-amd64.tar.gz", archive("else"));
    await assert.rejects(update(), /random-v4\.3\.0.* has changed since it was recorded/);
  });

  it("are not fetched by a job that has credentials", () => {
    const { status, stderr } = spawnSync("node", [SCRIPT, "install"], {
      encoding: "utf8",
      env: { ...process.env, GITHUB_ACTIONS: "true", AWS_ACCESS_KEY_ID: "AKIA" },
    });
    assert.equal(status, 1);
    assert.match(stderr, /fetch what it runs before it takes them/);
  });
});
