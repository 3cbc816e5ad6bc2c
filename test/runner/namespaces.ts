/**
 * Namespace tests get mount, network and PID namespaces of their own, with a /run that holds their named network
 * namespaces: the kernel takes all of it away with the first process in there, however the run ends. That process is
 * a shell that stays, since the first process has to collect the orphans' exit states.
 */
export const IN_NAMESPACES: readonly string[] = [
  ...['unshare', '--mount', '--net', '--pid', '--fork', '--kill-child=SIGKILL', '--mount-proc'],
  ...['sh', '-c', 'mount -t tmpfs tmpfs /run && ip link set lo up && "$@"; exit $?', 'sh'],
]
