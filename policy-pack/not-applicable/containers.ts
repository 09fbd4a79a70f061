/** Controls of containers and images without a rule of their own. */
export const notApplicable: readonly { control: string; reason: string }[] = [
  {
    control: "ECS.1",
    reason:
      "Withdrawn by Security Hub; ecs-task-non-root, ecs-task-awsvpc and ecs-task-non-privileged require more.",
  },
  {
    control: "EKS.3",
    reason:
      "EKS encrypts secrets by default from Kubernetes 1.28, so Security Hub retires it after 2026-08-10. eks-secrets-encrypted asks for a customer-managed key.",
  },
  {
    control: "ecs-propagate-tags",
    reason: "Judged by a rule of the group tagging.",
  },
];
