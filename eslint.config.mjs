import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import pulumi from "@pulumi/eslint-plugin";
import tseslint from "typescript-eslint";

// The parts of the page's script run in one function: what one declares at its outermost, the others see.
const page = join(import.meta.dirname, "preview/page");
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

export default tseslint.config(
  { ignores: ["**/node_modules/", "**/dist/", "functions/**/*.js", "tests/**/fixtures/"] },
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.recommendedTypeChecked],
    plugins: { "@pulumi": pulumi },
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      // `new Resource(...)` alone is a statement of this field.
      "no-new": "off",
      // An output in a template literal becomes an error text, not its value.
      "@pulumi/no-output-in-template-literal": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/strict-boolean-expressions": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      eqeqeq: "error",
      "max-lines": ["error", { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // Tests and protocol code look into untyped values: the stubs of Pulumi's protocol have no useful types.
    files: ["tests/**/*.ts", "preview/**/*.ts"],
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
    files: ["preview/page/*.js"],
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
