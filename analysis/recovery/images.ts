/** Where the images of a stack's tasks come from: each start of a task pulls them. */
import { records, text, type RecoveryStack } from "./resources";

/** An image, with the containers that run it. */
export interface PulledImage {
  /** Full reference. */
  readonly image: string;
  readonly containers: readonly string[];
  /** In a repository of an account's own: name, and tag or digest. Undefined for a public registry. */
  readonly own: { readonly repository: string; readonly of: string } | undefined;
}

const TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition";

/** `<account>.dkr.ecr.<region>.<domain>/<repository>`, then a tag or a digest. */
const OWN = /^\d{12}\.dkr\.ecr\.[^/]+\/([^@:]+)(?::|@)(.+)$/;

/** The images of all task definitions that are known, each once. */
export function pulledImages(stack: RecoveryStack): PulledImage[] {
  const containers = stack
    .ofType(TASK_DEFINITION)
    .flatMap((definition) => text(definition, "containerDefinitions") ?? [])
    .flatMap((definitions) => records(JSON.parse(definitions)))
    .filter(({ image }) => typeof image === "string");
  const images = [...new Set(containers.map(({ image }) => image as string))];
  return images.map((image) => {
    const [, repository, of] = OWN.exec(image) ?? [];
    const named = containers
      .filter((one) => one["image"] === image)
      .map(({ name }) => String(name));
    return {
      image,
      containers: [...new Set(named)],
      own: repository === undefined ? undefined : { repository, of: of! },
    };
  });
}
