/** A stand-in for AWS and the terminal: answers by the name of the command, notes what was asked. */
import type { World } from "../../operations/aws";
import { STACKS_PROJECT } from "../support/stack-files";

/** What a stand-in was asked, and what it showed. */
export interface Stage {
  readonly world: World;
  readonly asked: { readonly command: string; readonly input: any }[];
  readonly ran: { readonly program: string; readonly args: readonly string[] }[];
  readonly lines: string[];
}

/** Answers by command: a value, a list of values one after the other, or an error to throw. */
export function stage(answers: Readonly<Record<string, unknown>>): Stage {
  const asked: Stage["asked"] = [];
  const ran: Stage["ran"] = [];
  const lines: string[] = [];
  const turns = new Map<string, number>();
  const send = (command: { constructor: { name: string }; input: unknown }) => {
    const name = command.constructor.name.replace(/Command$/, "");
    asked.push({ command: name, input: command.input });
    const answer = answers[name];
    if (answer instanceof Error) {
      return Promise.reject(answer);
    }
    const turn = turns.get(name) ?? 0;
    turns.set(name, turn + 1);
    return Promise.resolve(
      Array.isArray(answer) ? answer[Math.min(turn, answer.length - 1)] : answer,
    );
  };
  const client = { send } as any;
  return {
    asked,
    ran,
    lines,
    world: {
      root: STACKS_PROJECT,
      ...{ ecs: client, logs: client, alarms: client, ssm: client },
      run: (program, args) => {
        ran.push({ program, args });
        return Promise.resolve(0);
      },
      output: () => {
        throw new Error("no program was expected");
      },
      stackOutput: (stack, name) => `${stack}-${name}.example`,
      print: (line) => lines.push(line),
      now: () => new Date("2026-11-23T12:00:00Z"),
      sleep: () => Promise.reject(new Error("interrupted")),
    },
  };
}

/** Runs with what goes to the error stream caught. */
export async function errorsOf(
  run: () => Promise<number>,
): Promise<{ code: number; text: string }> {
  const original = console.error;
  const caught: string[] = [];
  console.error = (line: string) => void caught.push(line);
  try {
    return { code: await run(), text: caught.join("\n") };
  } finally {
    console.error = original;
  }
}

/** A task whose agent runs. */
export const TASK = {
  taskArn: "arn:aws:ecs:us-east-1:123456789012:task/crm-production/0123abcd",
  startedAt: new Date("2026-11-23T10:00:00Z"),
  containers: [
    {
      name: "crm-core",
      runtimeId: "0123abcd-99",
      managedAgents: [{ name: "ExecuteCommandAgent", lastStatus: "RUNNING" }],
    },
  ],
};
