// No request fails and none is misdelivered while the shop is scaled, rolled, halved and edited, and its controller
// crashes. Real processes, sockets and kernel; the account is made with the receipts of the pods.
import { afterEach, expect, test } from 'vitest';
import { account } from './account.ts';
import { type Gateway, type Mode, startGateway, statusOf } from './gateway.ts';
import { type Load, startLoad } from './load.ts';
import { killPrograms, poll } from './program.ts';
import { type Shop, shopHost, startShop } from './shop.ts';

const perSecond = 500;
const connections = 64;
const editEveryMs = 200;
const complaintsShownMax = 20;

/** Answered between two steps, so that each has traffic of its own. */
const requestsPerStep = 1000;

interface Story {
  readonly shop: Shop;
  readonly gateway: Gateway;
  readonly load: Load;
  readonly note: (line: string) => void;
  /** An edit of the Ingress made from now on is what the proxy serves. */
  readonly nextEditIsServed: () => Promise<void>;
}

/** Traffic has followed: each pod that there is now has answered since. */
async function allPodsAnswer({ shop, load }: Story): Promise<void> {
  const from = load.outcomes.length;
  const missing = new Set(shop.pods().map((pod) => pod.metadata.name));
  let seen = from;
  await load.until(() => {
    for (; seen < load.outcomes.length; seen++) missing.delete(load.outcomes[seen]!.pod);
    return missing.size === 0 && load.outcomes.length >= from + requestsPerStep;
  });
}

async function tell(story: Story): Promise<void> {
  const { shop, gateway, note } = story;
  const settle = async (what: string): Promise<void> => {
    await shop.settled();
    await allPodsAnswer(story);
    note(what);
  };
  const crash = async (): Promise<void> => {
    await gateway.crashController();
    await story.nextEditIsServed();
    note('the controller crashed and works again');
  };
  await settle('traffic flows');
  shop.scale(30);
  await settle('scaled to 30');
  shop.roll('v2');
  await settle('rolled');
  shop.roll('v3');
  await crash();
  await settle('rolled again');
  shop.deleteHalf();
  await crash();
  await settle('half of the pods deleted and replaced');
  shop.scale(3);
  await settle('scaled to 3');
}

async function run(mode: Mode): Promise<void> {
  const shop = await startShop();
  const gateway = await startGateway(mode, shop.kubeconfig);
  const url = `http://127.0.0.1:${gateway.port}/`;
  const serves = async (host: string): Promise<boolean> => (await statusOf(url, { host })) === 200;
  await shop.settled();
  await poll('the shop is served', () => serves(shopHost));
  const load = startLoad({ port: gateway.port, host: shopHost, perSecond, connections });
  const lines: string[] = [];
  const note = (line: string): void => void lines.push(`${(load.elapsedMs / 1000).toFixed(1)} s ${line}`);
  let edits = 0;
  const editing = setInterval(() => shop.editIngress(++edits), editEveryMs);
  const editIsServed = (from: number) =>
    poll('a new edit is served', async () => edits >= from && (await serves(`edit-${edits}.example`)));
  try {
    await tell({ shop, gateway, load, note, nextEditIsServed: () => editIsServed(edits + 1) });
  } finally {
    clearInterval(editing);
  }
  await editIsServed(edits);
  const { elapsedMs } = load;
  await load.stop();
  const result = account(load.outcomes, shop.cluster.runner.receipts());
  const rate = ((result.requests * 1000) / elapsedMs).toFixed(0);
  note(`${result.requests} requests, ${rate} a second, ${load.skippedCount} turns without a free connection`);
  note(`${edits} edits, ${result.podCount} pods, ${result.repeated} requests repeated`);
  note(`${result.complaints.length} failed or misdelivered, ${load.openedCount} connections opened`);
  console.log([`${mode}:`, ...lines, ...result.complaints.slice(0, complaintsShownMax)].join('\n  '));
  if (result.complaints.length > 0) console.log(gateway.output());
  await gateway.stop();
  await shop.stop();
  expect(result.complaints.slice(0, complaintsShownMax)).toEqual([]);
  expect(load.openedCount).toBe(connections);
}

afterEach(killPrograms);

for (const mode of ['split', 'combined'] as const) {
  test(`${mode}: nothing fails and nothing is misdelivered`, () => run(mode));
}
