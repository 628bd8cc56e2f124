// Every decision that is about k3s and about nothing else.

/** Kubernetes 1.32, as the embedded cluster says of itself. */
export const k3sImage = 'rancher/k3s:v1.32.4-k3s1';

/** What a node does not need for our scenarios, and what it must not take from them. */
export const serverArguments: readonly string[] = [
  'server',
  // The ports of an ingress controller are ours.
  '--disable=traefik,servicelb,metrics-server',
  // Scenarios make and delete pods all the time.
  '--kubelet-arg=max-pods=250',
];

/** Reads images from a file into the container runtime of the node. */
export const importImages = (file: string): readonly string[] => [
  'ctr',
  '--namespace=k8s.io',
  'images',
  'import',
  '--all-platforms',
  file,
];

/** Where the file is put in the node. */
export const imageFile = '/tmp/tidegate-images.tar';

export const startWithinMs = 240_000;

/** A node with its images, and the pods of a scenario. */
export const diskBytesMin = 6 * 1024 ** 3;

/** k3s, the kubelet and what runs in pods watch files. */
export const inotifyMin: Readonly<Record<string, number>> = {
  max_user_instances: 128,
  max_user_watches: 65_536,
};
