// A first day with a cluster: discovery, apply, get, change, look closer, delete.
import type { KubectlCase } from '../kubectl-case.ts';

const shop = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: shop, labels: { app: shop } }
spec:
  replicas: 2
  selector: { matchLabels: { app: shop } }
  template:
    metadata: { labels: { app: shop } }
    spec:
      containers:
        - name: shop
          image: shop:1
          env: [{ name: GREETING, value: hello }]
          ports: [{ name: http, containerPort: 8080 }]
---
apiVersion: v1
kind: Service
metadata: { name: shop }
spec:
  selector: { app: shop }
  ports: [{ port: 80, targetPort: http }]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: shop }
spec:
  ingressClassName: kong
  rules:
    - host: shop.example
      http:
        paths:
          - { path: /, pathType: Prefix, backend: { service: { name: shop, port: { number: 80 } } } }
`;

const plugin = `
apiVersion: configuration.konghq.com/v1
kind: KongPlugin
metadata: { name: limit }
plugin: rate-limiting
config: { minute: 5 }
`;

const misspelled = `
apiVersion: v1
kind: Service
metadata: { name: misspelled }
spec: { prots: [{ port: 80 }] }
`;

const badPod = `
apiVersion: v1
kind: Pod
metadata: { name: Bad_Name }
spec: { containers: [{ name: main, image: x }] }
`;

const addVariable =
  '{"spec":{"template":{"spec":{"containers":[{"name":"shop","env":[{"name":"COLOR","value":"red"}]}]}}}}';

export const firstDay: readonly KubectlCase[] = [
  // Discovery
  { args: 'version', shows: [/Server Version: .*v1\.32\.4/] },
  {
    args: 'api-resources --api-group=apps',
    shows: [/deployments\s+deploy\s+apps\/v1\s+true\s+Deployment/, /statefulsets\s+sts/],
  },
  { args: 'api-resources --namespaced=false', shows: [/namespaces\s+ns/], hides: [/^pods/m] },
  { args: 'api-versions', shows: [/^apps\/v1$/m, /^configuration\.konghq\.com\/v1beta1$/m] },
  { args: 'explain deployment.spec.replicas', shows: ['FIELD: replicas <integer>'] },
  { args: 'explain kongplugin.config', shows: ['FIELD: config <Object>'] },
  { args: 'auth can-i create pods', shows: ['yes'] },
  { args: 'auth whoami', since: 28, shows: [/Username\s+\S+/] },
  { args: 'get --raw /readyz', shows: ['ok'] },

  // apply, once and again
  { args: 'diff -f -', input: shop, exit: 1, shows: ['+kind: Deployment'] },
  { args: 'apply --dry-run=server -f -', input: shop, shows: ['service/shop created (server dry run)'] },
  { args: 'get service shop', exit: 1, shows: ['Error from server (NotFound): services "shop" not found'] },
  {
    args: 'apply -f -',
    input: shop,
    shows: ['deployment.apps/shop created', 'service/shop created', 'ingress.networking.k8s.io/shop created'],
  },
  {
    args: 'rollout status deployment/shop --timeout=30s',
    shows: ['deployment "shop" successfully rolled out'],
  },
  { args: 'apply -f -', input: shop, shows: ['deployment.apps/shop unchanged', 'service/shop unchanged'] },
  { args: 'diff -f -', input: shop, shows: [/^$/] },
  {
    args: 'apply -f -',
    input: shop.replace('replicas: 2', 'replicas: 3'),
    shows: ['deployment.apps/shop configured', 'ingress.networking.k8s.io/shop unchanged'],
  },
  {
    args: 'apply -f -',
    input: misspelled,
    exit: 1,
    shows: [
      'Error from server (BadRequest)',
      'Service in version "v1" cannot be handled as a Service: strict decoding error: unknown field "spec.prots"',
    ],
  },

  // get
  {
    args: 'get deployments',
    shows: [/NAME\s+READY\s+UP-TO-DATE\s+AVAILABLE\s+AGE/, /shop\s+\d\/3\s+3\s+\d\s+\d+s/],
  },
  {
    args: 'get services -o wide',
    shows: [/shop\s+ClusterIP\s+10\.96\.\d+\.\d+\s+<none>\s+80\/TCP\s+\d+s\s+app=shop/],
  },
  {
    args: 'get ingress',
    shows: [/NAME\s+CLASS\s+HOSTS\s+ADDRESS\s+PORTS\s+AGE/, /shop\s+kong\s+shop\.example/],
  },
  {
    args: 'get deployment shop -o yaml',
    shows: [/^apiVersion: apps\/v1$/m, /^kind: Deployment$/m, /imagePullPolicy: IfNotPresent/],
  },
  { args: 'get deployment shop -o jsonpath={.spec.replicas}', shows: [/^3$/] },
  { args: 'get deployment shop -o name', shows: [/^deployment\.apps\/shop\n$/] },
  { args: 'get deployment -o custom-columns=N:.metadata.name,R:.spec.replicas', shows: [/N\s+R\nshop\s+3/] },
  { args: 'get all', shows: ['deployment.apps/shop', 'service/shop', 'replicaset.apps/shop-'] },
  { args: 'get pods -l app=nothing', shows: ['No resources found in default namespace.'] },
  { args: 'get pods -l app~shop', exit: 1, shows: ['unable to parse requirement'] },
  {
    args: 'get pods --field-selector spec.color=red',
    exit: 1,
    shows: ['field label not supported: spec.color'],
  },
  { args: 'get nothing', exit: 1, shows: [`error: the server doesn't have a resource type "nothing"`] },
  { args: 'get nodes', shows: [/node-1\s+Ready/] },
  { args: 'get pods -A --chunk-size=1 --no-headers', shows: [/default\s+shop-/] },
  { args: 'get pods -w --request-timeout=1s', shows: [/shop-\S+\s+1\/1\s+Running/] },

  // Changes
  { args: ['patch', 'deployment', 'shop', '-p', addVariable], shows: ['deployment.apps/shop patched'] },
  {
    args: 'get deployment shop -o jsonpath={.spec.template.spec.containers[0].env[*].name}',
    shows: ['GREETING', 'COLOR'],
  },
  {
    args: 'patch deployment shop --type=json -p [{"op":"test","path":"/spec/replicas","value":9}]',
    exit: 1,
    shows: ['The request is invalid'],
  },
  { args: 'patch deployment shop --type=merge -p {"spec":{"replicas":2}}', shows: ['patched'] },
  { args: 'patch deployment shop --type=merge -p {"spec":{"replicas":2}}', shows: ['patched (no change)'] },
  {
    args: 'patch deployment shop --type=merge -p {"metadata":{"resourceVersion":"1"}}',
    exit: 1,
    shows: ['Error from server (Conflict)', 'the object has been modified'],
  },
  {
    args: 'patch deployment shop -p {"spec":{"selector":{"matchLabels":{"app":"other"}}}}',
    exit: 1,
    shows: ['field is immutable'],
  },
  { args: 'label service shop tier=front', shows: ['service/shop labeled'] },
  { args: 'label service shop tier=back', exit: 1, shows: ['--overwrite is false'] },
  { args: 'label service shop tier-', shows: ['service/shop unlabeled'] },
  { args: 'annotate service shop note=hi', shows: ['service/shop annotate'] },
  { args: 'scale deployment shop --replicas=4', shows: ['deployment.apps/shop scaled'] },
  {
    args: 'scale deployment shop --replicas=1 --current-replicas=9',
    exit: 1,
    shows: ['Expected replicas to be 9, was 4'],
  },
  { args: 'rollout status deployment/shop --timeout=30s', shows: ['successfully rolled out'] },
  { args: 'set image deployment/shop shop=shop:2', shows: ['deployment.apps/shop image updated'] },
  { args: 'rollout status deployment/shop --timeout=30s', shows: ['successfully rolled out'] },
  { args: 'rollout history deployment/shop', shows: [/REVISION\s+CHANGE-CAUSE/, /3\s+<none>/] },
  { args: 'rollout undo deployment/shop', shows: ['deployment.apps/shop rolled back'] },
  { args: 'rollout status deployment/shop --timeout=30s', shows: ['successfully rolled out'] },
  { args: 'get deployment shop -o jsonpath={..image}', shows: [/^shop:1$/] },
  { args: 'rollout restart deployment/shop', shows: ['deployment.apps/shop restarted'] },
  { args: 'rollout status deployment/shop --timeout=30s', shows: ['successfully rolled out'] },
  { args: 'wait --for=condition=Available deployment/shop --timeout=10s', shows: ['condition met'] },
  {
    args: 'wait --for=condition=Nothing deployment/shop --timeout=1s',
    exit: 1,
    shows: ['timed out waiting for the condition'],
  },

  // Server-side apply
  {
    args: 'apply --server-side --field-manager=other -f -',
    input: shop.replace('replicas: 2', 'replicas: 7'),
    exit: 1,
    shows: [/Apply failed with \d+ conflicts?: /, '.spec.replicas'],
  },
  {
    args: 'apply --server-side --field-manager=other --force-conflicts -f -',
    input: shop.replace('replicas: 2', 'replicas: 1'),
    shows: ['deployment.apps/shop serverside-applied'],
  },
  {
    args: 'get deployment shop --show-managed-fields -o yaml',
    shows: ['manager: other', 'operation: Apply', 'f:replicas'],
  },

  // Creation, also with bodies in protobuf
  { args: 'create namespace staging', shows: ['namespace/staging created'] },
  {
    args: 'create namespace staging',
    exit: 1,
    shows: ['Error from server (AlreadyExists): namespaces "staging" already exists'],
  },
  { args: 'create configmap settings --from-literal=a=b', shows: ['configmap/settings created'] },
  { args: 'get configmap settings -o jsonpath={.data.a}', shows: [/^b$/] },
  { args: 'create secret generic pass --from-literal=a=b', shows: ['secret/pass created'] },
  { args: 'get secret pass -o jsonpath={.data.a}', shows: [/^Yg==$/] },
  { args: 'create deployment side --image=x --replicas=2', shows: ['deployment.apps/side created'] },
  {
    args: 'create ingress side --class=kong --rule=a.example/*=side:80',
    shows: ['ingress.networking.k8s.io/side created'],
  },
  { args: 'create service clusterip side --tcp=80:8080', shows: ['service/side created'] },
  { args: 'expose deployment shop --name=second --port=81', shows: ['service/second exposed'] },
  { args: 'run single --image=x', shows: ['pod/single created'] },
  {
    args: 'create -f -',
    input: badPod,
    exit: 1,
    shows: ['The Pod "Bad_Name" is invalid', 'a lowercase RFC 1123 subdomain'],
  },
  { args: 'create -n absent configmap x', exit: 1, shows: ['namespaces "absent" not found'] },

  // Custom resources
  { args: 'apply -f -', input: plugin, shows: ['kongplugin.configuration.konghq.com/limit created'] },
  { args: 'get kp', shows: [/NAME\s+PLUGIN-TYPE\s+AGE/, /limit\s+rate-limiting/] },
  {
    args: 'apply -f -',
    input: plugin.replace('minute: 5', 'minute: 6'),
    shows: ['kongplugin.configuration.konghq.com/limit configured'],
  },
  {
    args: 'patch kp limit --type=merge -p {"plugin":"cors"}',
    exit: 1,
    shows: ['The KongPlugin "limit" is invalid', 'The plugin field is immutable'],
  },
  {
    args: 'patch kp limit -p {}',
    exit: 1,
    shows: [/UnsupportedMediaType|strategic merge patch is not supported|unknown format/],
  },

  // Looking closer
  { args: 'wait --for=jsonpath={.status.phase}=Running pod/single --timeout=10s', shows: ['condition met'] },
  { args: 'logs single', shows: ['listening on'] },
  { args: 'logs single -c nothing', exit: 1, shows: ['container nothing is not valid for pod single'] },
  { args: 'describe pod single', shows: [/Status:\s+Running/, /Normal\s+Scheduled/] },
  { args: 'describe deployment shop', shows: [/Replicas:\s+1 desired/, 'ScalingReplicaSet'] },
  { args: 'describe service shop', shows: [/Endpoints:\s+127\./] },
  { args: 'describe ingress shop', shows: ['shop.example', 'shop:80'] },
  { args: 'describe node node-1', shows: ['kubernetes.io/hostname=node-1'] },
  {
    args: 'get events --field-selector involvedObject.name=single',
    shows: [/Normal\s+Scheduled\s+pod\/single/],
  },
  { args: 'events --for=pod/single', shows: [/Normal\s+Started\s+Pod\/single/] },

  // Deletion
  { args: 'delete pod single --grace-period=1', shows: ['pod "single" deleted'] },
  { args: 'delete pod single', exit: 1, shows: ['Error from server (NotFound): pods "single" not found'] },
  { args: 'delete pod single --ignore-not-found' },
  { args: 'delete configmap settings --dry-run=server', shows: ['deleted (server dry run)'] },
  { args: 'get configmap settings -o name', shows: ['configmap/settings'] },
  {
    args: 'delete deployment side --cascade=foreground --timeout=60s',
    shows: ['deployment.apps "side" deleted'],
  },
  {
    args: 'delete -f -',
    input: shop,
    shows: ['deployment.apps "shop" deleted', 'ingress.networking.k8s.io "shop" deleted'],
  },
  { args: 'delete secrets --all', shows: ['secret "pass" deleted'] },
  { args: 'delete namespace staging --timeout=30s', shows: ['namespace "staging" deleted'] },
  { args: 'get namespace staging', exit: 1, shows: ['namespaces "staging" not found'] },
];
