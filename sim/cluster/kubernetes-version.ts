// The version that the simulated cluster says it is; kubectl of some packages chooses its client by it.

export const kubernetesVersion = 'v1.32.4';

/** ['1', '32'] */
export const [kubernetesMajor, kubernetesMinor] = kubernetesVersion.slice(1).split('.') as [string, string];
