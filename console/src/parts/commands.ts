export interface Command {
  purpose: string
  command: string
}

/** What a person does first with a server at `address`. */
export function commands(address: string): Command[] {
  return [
    {
      purpose: 'The whole journey: account, cluster, an application, a shell, and back again',
      command: `./orrery demo --url ${address}`,
    },
    {
      purpose: 'A short-lived token for an API key',
      command: `TOKEN=$(curl -s ${address}/v1/regions/global/auth/token \\
  --json '{"grant_type":"api_key","api_key":"…"}' | jq -r .data.access_token)`,
    },
    {
      purpose: 'A cluster; the answer names the run that makes it',
      command: `curl -s -H "Authorization: Bearer $TOKEN" \\
  ${address}/v1/regions/sim1/projects/PROJECT/compute/clusters \\
  --json '{"name":"first","nodePools":[{"role":"control-plane","nodeCount":1}]}'`,
    },
    {
      purpose: 'Into the cluster, with a kubeconfig issued by …/clusters/first/kubeconfigs',
      command: 'kubectl --kubeconfig first.yaml get nodes,namespaces',
    },
  ]
}
