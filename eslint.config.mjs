import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { importX } from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

// The parts of the page's script run in one function: what one declares at its outermost, the others see.
const page = join(import.meta.dirname, "tools/report/page");
const pageNames = readdirSync(page)
  .filter((name) => name.endsWith(".js"))
  .flatMap((name) => [
    ...readFileSync(join(page, name), "utf8").matchAll(/^(?:const|let|function|class) (\w+)/gm),
  ])
  .map(([, name]) => name);
const browserNames = [
  ...["addEventListener", "document", "getComputedStyle", "location", "navigator"],
  ...["requestAnimationFrame", "scrollTo"],
];

/** What each room may import beside itself, and why not more: CONTRIBUTING.md, "Layers". */
const rooms = {
  runtime: [[], "it is what makes the rest loadable"],
  facts: [["runtime"], "a fact about AWS depends on no program, and a generator is loaded"],
  analysis: [["facts"], "a derivation works on any program's plan"],
  "policy-pack": [
    ["runtime", "facts", "analysis"],
    "other teams install the pack without the rest",
  ],
  tools: [["runtime", "facts", "analysis", "policy-pack"], "the tools know no CRM"],
  platform: [["facts"], "the CRM's words depend on nothing that is created or configured"],
  schema: [["facts", "platform"], "a stack file is checked before anything is made of it"],
  functions: [[], "it is bundled and runs in AWS alone"],
  components: [["facts", "platform", "schema", "functions"], "a component knows no plan of itself"],
  operations: [
    ["runtime", "facts", "analysis", "policy-pack", "tools", "platform", "schema"],
    "a command reads plans and settings and creates nothing",
  ],
  bootstrap: [
    ["runtime", "facts", "platform", "schema", "components"],
    "the pipeline's stack uses the same buckets and keys, and no tool",
  ],
  "config.ts": [["facts", "platform", "schema"], "it reads settings, and nothing is made of them"],
  "index.ts": [
    ["facts", "platform", "schema", "components", "config.ts"],
    "the program plans, and knows nothing that looks at plans",
  ],
  extensions: [
    ["facts", "platform", "schema", "components"],
    "a team's own resources plan, as components do",
  ],
  examples: [["facts", "platform", "schema", "components"], "an extension plans, as components do"],
  "start.js": [["runtime", "index.ts"], "it makes the program loadable and starts it"],
  ".github": [[], "a workflow's scripts run where nothing is installed"],
};
/** The tests look into every room, and no room into them. */
const everything = [...Object.keys(rooms), "tests"];
const shown = (room) => (/\.[jt]s$/.test(room) ? room : `${room}/`);
const zones = Object.entries(rooms).flatMap(([room, [allowed, reason]]) =>
  everything
    .filter((other) => other !== room && !allowed.includes(other))
    .map((other) => ({
      target: `./${room}`,
      from: `./${other}`,
      message: `${shown(room)} does not import from ${shown(other)}: ${reason}.`,
    })),
);
const componentNames = readdirSync(join(import.meta.dirname, "components"));
const componentZones = componentNames.map((name) => ({
  target: [
    "./index.ts",
    "./bootstrap",
    "./examples",
    "./extensions",
    ...componentNames.filter((other) => other !== name).map((other) => `./components/${other}`),
  ],
  from: `./components/${name}`,
  except: ["./index.ts"],
  message: `What others may use of ${name} is in its index.ts; the rest of the folder is its own.`,
}));

/** The directions of imports; those of plain JavaScript, which makes the rest loadable, as well. */
const directions = {
  "import-x/no-restricted-paths": ["error", { zones: [...zones, ...componentZones] }],
};
const resolving = {
  "import-x/extensions": [".ts", ".js"],
  "import-x/resolver": { node: { extensions: [".ts", ".js", ".json"] } },
};

export default tseslint.config(
  { ignores: ["**/node_modules/", "**/dist/", "functions/**/*.js", "tests/**/fixtures/"] },
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.recommendedTypeChecked],
    plugins: { "import-x": importX },
    settings: { ...resolving, "import-x/parsers": { "@typescript-eslint/parser": [".ts"] } },
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      // `new Resource(...)` alone is a statement of this field.
      "no-new": "off",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/strict-boolean-expressions": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      ...directions,
      "import-x/no-cycle": "error",
      "import-x/order": [
        "error",
        {
          groups: ["builtin", "external", "parent", "sibling", "index"],
          alphabetize: { order: "asc", caseInsensitive: true },
          "newlines-between": "ignore",
        },
      ],
      "no-restricted-syntax": [
        "error",
        {
          selector:
            "BinaryExpression[operator='in'][left.type!='Literal'][left.type!='PrivateIdentifier']",
          message:
            "`name in table` finds what every object has, such as constructor: Object.hasOwn(table, name), or entryOf of facts/.",
        },
        {
          selector:
            "CallExpression[callee.property.name='timeout']:matches([callee.object.type='ThisExpression'], [callee.object.callee.name=/^(it|describe)$/])",
          message: "One limit for all tests, in .mocharc.*.json: it holds on a loaded machine.",
        },
      ],
      eqeqeq: "error",
      "max-lines": ["error", { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // What is created, and what of: a reader sees one step at a time.
    files: ["{components,platform,schema}/**/*.ts", "*.ts"],
    rules: {
      "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ["**/*.{js,cjs,mjs}"],
    plugins: { "import-x": importX },
    settings: resolving,
    rules: directions,
  },
  {
    files: ["tests/**/*.ts"],
    ignores: ["tests/support/child.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          paths: ["node:child_process", "child_process"].map((name) => ({
            name,
            importNames: ["spawnSync", "execFileSync", "execSync"],
            message:
              "Mocha cannot end such a wait: take tests/support/child, which has a time limit.",
          })),
        },
      ],
    },
  },
  {
    // Tests and protocol code look into untyped values: the stubs of Pulumi's protocol have no useful types.
    files: ["tests/**/*.ts", "tools/preview/**/*.ts", "tools/report/**/*.ts"],
    rules: {
      "@typescript-eslint/no-explicit-any": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/no-unsafe-enum-comparison": "off",
    },
  },
  {
    files: ["tools/report/page/*.js"],
    languageOptions: {
      sourceType: "script",
      globals: Object.fromEntries([...pageNames, ...browserNames].map((name) => [name, false])),
    },
    rules: {
      "no-undef": "error",
      // What a part declares at its outermost is used by the others.
      "no-unused-vars": ["error", { vars: "local" }],
      "no-implied-eval": "error",
      "no-var": "error",
      "prefer-const": "error",
      eqeqeq: "error",
      "max-lines": ["error", { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
);
