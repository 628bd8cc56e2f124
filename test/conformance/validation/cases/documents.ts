// Whole documents: where errors stand, what is hoisted out of its parent, what belongs to no entity.

type Json = Readonly<Record<string, unknown>>;

export interface WrongDocument {
  readonly title: string;
  readonly document: Json;
  readonly message: string;
  readonly fields: Json;
  /** What is left in `fields` when the rest is flattened; default nothing. */
  readonly rest?: Json;
  /** The sentence about `rest`. */
  readonly restMessage?: string;
  readonly flattened: readonly Json[];
}

const invalid = 'declarative config is invalid:';
const serviceId = '0b2f4b0a-3d6e-4f43-9d0b-0c3a6a3d1a11';
const routeId = '5f0e1f6a-1111-4c8e-8a3e-0a5b6c7d8e9f';
const field = (name: string, message: string) => ({ type: 'field', field: name, message });
const entity = (message: string) => ({ type: 'entity', message });
const taken = (type: string, name: string, value: string) =>
  `uniqueness violation: '${type}' entity with ${name} set to '${value}' already declared`;

/** An error that belongs to no entity stays where it is. */
function ofDocument(title: string, document: Json, message: string, fields: Json): WrongDocument {
  const sentence = `${invalid} ${message}`;
  return {
    title,
    document,
    message: sentence,
    fields,
    rest: fields,
    restMessage: sentence,
    flattened: [],
  };
}

export const wrongDocuments: readonly WrongDocument[] = [
  ofDocument('no version', { _format_version: null }, '{_format_version="required field missing"}', {
    _format_version: 'required field missing',
  }),
  ofDocument(
    'an unknown version',
    { _format_version: '4.0' },
    '{_format_version="expected one of: 1.1, 2.1, 3.0"}',
    {
      _format_version: 'expected one of: 1.1, 2.1, 3.0',
    },
  ),
  ofDocument('a number as version', { _format_version: 3 }, '{_format_version="expected a string"}', {
    _format_version: 'expected a string',
  }),
  ofDocument('_transform', { _transform: 'no' }, '{_transform="expected a boolean"}', {
    _transform: 'expected a boolean',
  }),
  ofDocument('an unknown key', { abnormal_extra_field: 123 }, '{abnormal_extra_field="unknown field"}', {
    abnormal_extra_field: 'unknown field',
  }),
  ofDocument('a text in the place of a list', { services: 'x' }, '{services="expected an array"}', {
    services: 'expected an array',
  }),
  ofDocument('a text in the place of an entity', { services: ['x'] }, '{services={"expected a record"}}', {
    services: ['expected a record'],
  }),
  {
    title: 'the second of two services',
    document: { services: [{ name: 'a', host: 'a' }, { name: 'b' }] },
    message: `${invalid} {services={[2]={host="required field missing"}}}`,
    fields: { services: [null, { host: 'required field missing' }] },
    flattened: [
      {
        entity_type: 'service',
        entity_name: 'b',
        entity: { name: 'b' },
        errors: [field('host', 'required field missing')],
      },
    ],
  },
  {
    title: 'an entity and the document',
    document: { extra: 1, services: [{ name: 'b' }] },
    message: `${invalid} {extra="unknown field",services={{host="required field missing"}}}`,
    fields: { extra: 'unknown field', services: [{ host: 'required field missing' }] },
    rest: { extra: 'unknown field' },
    restMessage: `${invalid} {extra="unknown field"}`,
    flattened: [
      {
        entity_type: 'service',
        entity_name: 'b',
        entity: { name: 'b' },
        errors: [field('host', 'required field missing')],
      },
    ],
  },
  {
    title: 'a route inside of a service',
    document: {
      services: [
        {
          id: serviceId,
          name: 'a',
          host: 'a',
          routes: [
            { name: 'ok', paths: ['/'] },
            { name: 'r', tags: ['k8s-name:r'], methods: ['get'] },
          ],
        },
      ],
    },
    message: `${invalid} {services={{routes={[2]={methods={"invalid value: get"}}}}}}`,
    fields: { services: [{ routes: [null, { methods: ['invalid value: get'] }] }] },
    flattened: [
      {
        entity_type: 'route',
        entity_name: 'r',
        entity_tags: ['k8s-name:r'],
        entity: { name: 'r', tags: ['k8s-name:r'], methods: ['get'], service: { id: serviceId } },
        errors: [field('methods.1', 'invalid value: get')],
      },
    ],
  },
  {
    title: 'a plugin inside of a route inside of a service without an id',
    document: {
      services: [
        {
          name: 'a',
          host: 'a',
          routes: [{ id: routeId, paths: ['/'], plugins: [{ name: 'cors', config: { max_age: 'x' } }] }],
        },
      ],
    },
    message: `${invalid} {services={{routes={{plugins={{config={max_age="expected a number"}}}}}}}}`,
    fields: {
      services: [{ routes: [{ plugins: [{ config: { max_age: 'expected a number' } }] }] }],
    },
    flattened: [
      {
        entity_type: 'plugin',
        entity_name: 'cors',
        entity: { name: 'cors', config: { max_age: 'x' }, route: { id: routeId } },
        errors: [field('config.max_age', 'expected a number')],
      },
    ],
  },
  {
    title: 'a wrong parent, shown without its children',
    document: { services: [{ id: serviceId, name: 'a', host: 'a b', routes: [{ paths: ['/'] }] }] },
    message: `${invalid} {services={{host="invalid value: a b"}}}`,
    fields: { services: [{ host: 'invalid value: a b' }] },
    flattened: [
      {
        entity_type: 'service',
        entity_id: serviceId,
        entity_name: 'a',
        entity: { id: serviceId, name: 'a', host: 'a b' },
        errors: [field('host', 'invalid value: a b')],
      },
    ],
  },
  {
    title: 'a target inside of an upstream',
    document: { upstreams: [{ name: 'u', targets: [{ target: 'hostname:1.0' }] }] },
    message: `${invalid} {upstreams={{targets={{target="Invalid target ('hostname:1.0'); not a valid hostname or ip address"}}}}}`,
    fields: {
      upstreams: [
        {
          targets: [{ target: "Invalid target ('hostname:1.0'); not a valid hostname or ip address" }],
        },
      ],
    },
    flattened: [
      {
        entity_type: 'target',
        entity: { target: 'hostname:1.0' },
        errors: [field('target', "Invalid target ('hostname:1.0'); not a valid hostname or ip address")],
      },
    ],
  },
  {
    title: 'a child that names its parent',
    document: { consumers: [{ username: 'c', acls: [{ group: 'g', consumer: 'other' }] }] },
    message: `${invalid} {consumers={{acls={{consumer="value must be null"}}}}}`,
    fields: { consumers: [{ acls: [{ consumer: 'value must be null' }] }] },
    flattened: [
      {
        entity_type: 'acl',
        entity: { group: 'g', consumer: 'other' },
        errors: [field('consumer', 'value must be null')],
      },
    ],
  },
  {
    title: 'authentication for one consumer',
    document: { consumers: [{ username: 'c' }], plugins: [{ name: 'key-auth', consumer: 'c' }] },
    message: `${invalid} {plugins={{consumer="value must be null"}}}`,
    fields: { plugins: [{ consumer: 'value must be null' }] },
    flattened: [
      {
        entity_type: 'plugin',
        entity_name: 'key-auth',
        entity: { name: 'key-auth', consumer: 'c' },
        errors: [field('consumer', 'value must be null')],
      },
    ],
  },
  {
    title: 'two services of one name',
    document: {
      services: [
        { name: 'a', host: 'a' },
        { name: 'a', host: 'b' },
      ],
    },
    message: `${invalid} {services={[2]="${taken('services', 'name', 'a')}"}}`,
    fields: { services: [null, taken('services', 'name', 'a')] },
    flattened: [
      {
        entity_type: 'service',
        entity_name: 'a',
        entity: { name: 'a', host: 'b' },
        errors: [entity(taken('services', 'name', 'a'))],
      },
    ],
  },
  {
    title: 'two routes of one id',
    document: {
      routes: [
        { id: routeId, paths: ['/a'] },
        { id: routeId, paths: ['/b'] },
      ],
    },
    message: `${invalid} {routes={[2]="${taken('routes', 'primary key', routeId)}"}}`,
    fields: { routes: [null, taken('routes', 'primary key', routeId)] },
    flattened: [
      {
        entity_type: 'route',
        entity_id: routeId,
        entity: { id: routeId, paths: ['/b'] },
        errors: [entity(taken('routes', 'primary key', routeId))],
      },
    ],
  },
  {
    title: 'two consumers of one name',
    document: { consumers: [{ username: 'test-consumer-1' }, { username: 'test-consumer-1' }] },
    message: `${invalid} {consumers={[2]="${taken('consumers', 'username', 'test-consumer-1')}"}}`,
    fields: { consumers: [null, taken('consumers', 'username', 'test-consumer-1')] },
    flattened: [
      {
        entity_type: 'consumer',
        entity: { username: 'test-consumer-1' },
        errors: [entity(taken('consumers', 'username', 'test-consumer-1'))],
      },
    ],
  },
  {
    title: 'two passwords for one name, below two consumers',
    document: {
      consumers: [
        { username: 'a', basicauth_credentials: [{ username: 'user-01', password: 'p' }] },
        { username: 'b', basicauth_credentials: [{ username: 'user-01', password: 'q' }] },
      ],
    },
    message: `${invalid} {consumers={[2]={basicauth_credentials={"${taken('basicauth_credentials', 'username', 'user-01')}"}}}}`,
    fields: {
      consumers: [null, { basicauth_credentials: [taken('basicauth_credentials', 'username', 'user-01')] }],
    },
    flattened: [
      {
        entity_type: 'basicauth_credential',
        entity: { username: 'user-01', password: 'q' },
        errors: [entity(taken('basicauth_credentials', 'username', 'user-01'))],
      },
    ],
  },
  {
    // Kong files it under the route's name and does not flatten it; here it stands where the route stands.
    title: 'a reference to nothing',
    document: { routes: [{ name: 'r', paths: ['/'], service: 'none' }] },
    message: `${invalid} {routes={{service="invalid reference 'service: none' (no such entry in 'services')"}}}`,
    fields: { routes: [{ service: "invalid reference 'service: none' (no such entry in 'services')" }] },
    flattened: [
      {
        entity_type: 'route',
        entity_name: 'r',
        entity: { name: 'r', paths: ['/'], service: 'none' },
        errors: [field('service', "invalid reference 'service: none' (no such entry in 'services')")],
      },
    ],
  },
];
