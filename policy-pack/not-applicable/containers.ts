/** Controls of containers and images that no rule of their own answers. */
export const notApplicable: readonly { control: string; reason: string }[] = [
  {
    control: "ECS.1",
    reason:
      "Withdrawn by Security Hub; ecs-task-non-root, ecs-task-awsvpc and ecs-task-non-privileged ask for more.",
  },
  {
    control: "ecs-propagate-tags",
    reason: "A rule of the group about tags.",
  },
];
