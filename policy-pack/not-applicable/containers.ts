/** Controls of containers and images without a rule of their own. */
export const notApplicable: readonly { control: string; reason: string }[] = [
  {
    control: "ECS.1",
    reason:
      "Withdrawn by Security Hub; ecs-task-non-root, ecs-task-awsvpc and ecs-task-non-privileged require more.",
  },
  {
    control: "ecs-propagate-tags",
    reason: "Judged by a rule of the group tagging.",
  },
];
