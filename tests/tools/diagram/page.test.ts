/** The files that `npm run diagram` writes: well-formed, and of use to who reads them. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { main, outdated } from "../../../tools/commands/diagram";
import { pictureOf } from "../../../tools/diagram/graph";
import { partsOf, quoted } from "../../../tools/diagram/mermaid";
import { filesOf, OVERVIEW_FILE, PAGE_FILE, pageOf, SVG_FILE } from "../../../tools/diagram/page";
import { planOf } from "../../support/plans";
import { stackNames, STACKS_PROJECT } from "../../support/stack-files";
import { drawnOf } from "./drawn";

const ROOT = path.join(__dirname, "..", "..", "..");

/** What of a text is not well-formed XML; undefined when all is. */
function xmlFault(text: string): string | undefined {
  const open: string[] = [];
  const tokens = /<(\/?)([\w:-]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)|(<)/g;
  for (const [all, close, name, attributes, empty, words, stray] of text.matchAll(tokens)) {
    if (stray !== undefined) {
      return `stray < before ${text.slice(text.indexOf(all), 40)}`;
    }
    if (/&(?!(amp|lt|gt|quot|#\d+);)/.test(words ?? attributes ?? "")) {
      return `stray & in ${all}`;
    }
    const names = [...(attributes ?? "").matchAll(/([\w:-]+)=/g)].map(([, attribute]) => attribute);
    if (new Set(names).size !== names.length) {
      return `an attribute twice: ${all}`;
    }
    if (close === "/") {
      if (open.pop() !== name) {
        return `${all} closes something else`;
      }
    } else if (name !== undefined && empty === "") {
      open.push(name);
    }
  }
  return open.length === 0 ? undefined : `not closed: ${open.join(", ")}`;
}

describe("the page in Markdown", () => {
  it("counts what is only read apart from what groups", async () => {
    const plan = await planOf("production");
    const read = plan.resources.map((one, index) =>
      one.type === "aws:kms/key:Key" && index > 0 ? { ...one, external: true } : one,
    );
    const count = read.filter(({ external }) => external).length;
    const { resources } = pictureOf(plan);
    assert.ok(count > 0);
    assert.match(
      pageOf(pictureOf({ ...plan, resources: read })),
      new RegExp(`create ${resources - count}, and the program reads ${count}; the others group`),
    );
    assert.match(pageOf(pictureOf(plan)), new RegExp(`create ${resources}; the others group`));
  });
});

describe("docs/architecture", () => {
  it("is what the README shows, the overview first", () => {
    const readme = fs.readFileSync(path.join(ROOT, "README.md"), "utf8");
    assert.match(
      readme,
      /\[!\[[^\]]+\]\(docs\/architecture-overview\.svg\)\]\(docs\/architecture\.svg\)/,
    );
  });
});

describe("the drawing", () => {
  for (const stack of stackNames()) {
    it(`of ${stack} is well-formed, has a title and says every node and line`, async () => {
      const drawn = await drawnOf(stack);
      for (const [file, { nodes, edges }] of [
        [SVG_FILE, drawn.picture],
        [OVERVIEW_FILE, drawn.overview.picture],
      ] as const) {
        const svg = drawn.files[file]!;
        assert.equal(xmlFault(svg), undefined);
        assert.match(svg, /<title id="title">[^<]+<\/title>\n<desc id="desc">[^<]+<\/desc>/);
        assert.match(svg, /@media \(prefers-color-scheme:dark\)/);
        for (const { id } of nodes) {
          assert.ok(svg.includes(`data-node="${id}"`), id);
        }
        for (const { from, to } of edges) {
          assert.ok(svg.includes(`data-edge="${from} ${to}"`), `${from} ${to}`);
        }
      }
    });
  }

  it("needs nothing from elsewhere", async () => {
    const { [SVG_FILE]: svg } = (await drawnOf("production")).files;
    assert.doesNotMatch(svg!, /href|@import|url\(|<script|<image|<foreignObject/);
    assert.deepEqual(svg!.match(/https?:\/\/[^"]+/g), ["http://www.w3.org/2000/svg"]);
  });

  it("escapes what its names have in them", async () => {
    const plan = await planOf("production");
    for (const resource of plan.resources) {
      if (resource.type === "aws:sqs/queue:Queue") {
        resource.inputs["name"] = `${String(resource.inputs["name"])}<&">`;
      }
    }
    assert.equal(xmlFault(filesOf(plan)[SVG_FILE]!), undefined);
  });

  it("can be told from a broken one", () => {
    for (const broken of ["<a><b></a>", "<a>&x</a>", "<a", '<a b="1" b="2"/>', "<a>"]) {
      assert.notEqual(xmlFault(broken), undefined, broken);
    }
  });
});

describe("the page", () => {
  for (const stack of stackNames()) {
    it(`of ${stack} has diagrams that Mermaid takes`, async () => {
      const { picture } = await drawnOf(stack);
      for (const { heading, mermaid } of partsOf(picture)) {
        const declared: string[] = [];
        const [first, ...lines] = mermaid.split("\n");
        assert.match(first!, /^flowchart (LR|TB)$/);
        let depth = 0;
        for (const line of lines.map((text) => text.trim())) {
          const node =
            /^(\w+)(\["[^"]+"\]|\[\("[^"]+"\)\]|\(\["[^"]+"\]\)|\{\{"[^"]+"\}\}):::\w+$/.exec(line);
          const group = /^subgraph (\w+)\["[^"]+"\]$/.exec(line);
          const edge = /^(\w+) (==>|-->|-\.->|<-->)(\|"[^"]+"\|)? (\w+)$/.exec(line);
          if (node || group) {
            declared.push((node ?? group)![1]!);
            depth += group ? 1 : 0;
          } else if (edge) {
            assert.ok(declared.includes(edge[1]!), `${heading}: ${line}`);
            assert.ok(declared.includes(edge[4]!), `${heading}: ${line}`);
          } else if (line === "end") {
            depth--;
          } else {
            assert.match(line, /^classDef \w+ fill:#\w{6},stroke:#\w{6},color:#\w{6}$/, heading);
          }
        }
        assert.equal(depth, 0, heading);
        assert.equal(new Set(declared).size, declared.length, `${heading}: an id twice`);
        assert.ok(
          !declared.some((id) => /^(end|graph|subgraph|class|style|click|default)$/.test(id)),
        );
      }
    });
  }

  it("keeps what others named out of its diagrams' grammar: newlines, entities, quotes, markup", () => {
    const title = 'a"]\nend\n  evil["#35;&#64;<b>*`\u202e';
    const text = quoted(title);
    assert.doesNotMatch(text, /["\n<>*`@\u202e]/);
    // Every # and & of the text is one of ours: what Mermaid shows is what was given.
    const entities = text.replace(/#(?:amp|quot|lt|gt|42|64|96|35);/g, "");
    assert.doesNotMatch(entities, /[#&]/);
    const shown: Record<string, string> = { amp: "&", quot: '"', lt: "<", gt: ">" };
    const read = text.replace(
      /#(\w+);/g,
      (_, name: string) => shown[name] ?? String.fromCharCode(Number(name)),
    );
    assert.equal(read, 'a"] end evil["#35;&#64;<b>*`\\u202e');
  });

  it("has a diagram for each part of the platform, and the paths", async () => {
    const page = (await drawnOf("production")).files[PAGE_FILE]!;
    assert.deepEqual(
      [...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading),
      ["Network", "Edge", "Compute", "Data", "Eventing", "Request paths", "Event paths"],
    );
    assert.ok(
      page.includes(
        "| CloudFront **api** → (`/*`) Application LB **alb** → (`/auth/*`, `/api/auth/*`) ECS service **auth** | RDS database **primary** (5432) |",
      ),
    );
    assert.ok(
      page.includes(
        "- ECS service **social** → SQS queue **social-processing** → (10 at a time) Lambda function **social-data-processor** → SQS queue **analytics-computation**",
      ),
    );
  });

  it("leaves out the parts that a stack does not have", async () => {
    const plan = await planOf("production");
    const resources = plan.resources.filter(({ type }) => !/cloudfront|route53|ec2\//.test(type));
    const page = pageOf(pictureOf({ ...plan, resources }));
    assert.doesNotMatch(page, /^## (Network|Edge)$/m);
    assert.match(page, /^## Data$/m);
  });

  it("quotes what Mermaid would take for its own", () => {
    assert.equal(quoted('a "b" <c> `d` /*'), "a #quot;b#quot; #lt;c#gt; #96;d#96; /#42;");
  });

  it("has neither a date nor an account", async () => {
    const page = (await drawnOf("production")).files[PAGE_FILE]!;
    assert.doesNotMatch(page, /\b20\d\d-\d\d|\d{12}/);
  });
});

describe("npm run diagram", () => {
  /** Runs the command and returns its exit code and what it said. */
  async function run(...args: string[]): Promise<{ code: number; said: string }> {
    const said: string[] = [];
    const [log, error] = [console.log, console.error];
    console.log = console.error = (line: string) => void said.push(line);
    try {
      const code = await main(args, STACKS_PROJECT, ({ stack }) => planOf(stack!));
      return { code, said: said.join("\n") };
    } finally {
      [console.log, console.error] = [log, error];
    }
  }

  it("writes the files of a stack, and says whether they are current", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "diagram-"));
    try {
      const before = await run("--stack", "staging", "--out", folder, "--check");
      assert.equal(before.code, 1);
      assert.match(before.said, /architecture\.svg is not current: npm run diagram/);
      assert.equal((await run("--stack", "staging", "--out", folder)).code, 0);
      assert.deepEqual(fs.readdirSync(folder).sort(), [OVERVIEW_FILE, SVG_FILE, PAGE_FILE].sort());
      assert.deepEqual(outdated((await drawnOf("staging")).files, folder), []);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  it("explains itself, and refuses what it does not know", async () => {
    assert.match((await run("--help")).said, /^Usage: npm run diagram/);
    const wrong = await run("--colour");
    assert.equal(wrong.code, 2);
    assert.match(wrong.said, /--colour[^]*Usage:/);
  });
});
