// Room for what lasts as long as its request: the head as it came, and head and first body bytes as they go out. Unlike the
// other slab its pages are used again: a page of 64 KB for every few bodies would have the collector mark the whole heap
// again and again, which cost as much as everything else that is done for a request.

export const pageBytes = 65_536;
/** Of as many requests as are under way at once; what is given back beyond is left to the collector. */
const freePagesMax = 64;

export interface Page {
  readonly bytes: Buffer;
  leases: number;
}

const createPage = (size: number): Page => ({ bytes: Buffer.allocUnsafeSlow(size), leases: 0 });

export class LeasedSlab {
  bytes: Buffer;
  /** First free byte. The writer advances it. */
  offset = 0;
  private page = createPage(pageBytes);
  private readonly free: Page[] = [];

  constructor() {
    this.bytes = this.page.bytes;
  }

  /** Makes sure that `size` bytes are free at `offset` of `bytes`. */
  reserve(size: number): void {
    if (this.offset + size <= this.bytes.length) return;
    this.page = this.nextPage(size);
    this.bytes = this.page.bytes;
    this.offset = 0;
  }

  private nextPage(size: number): Page {
    if (size > pageBytes) return createPage(size);
    const { page } = this;
    if (page.leases === 0 && page.bytes.length === pageBytes) return page;
    return this.free.pop() ?? createPage(pageBytes);
  }

  /** For what has just been written: its page is not used again until this is given back. */
  lease(): Page {
    this.page.leases++;
    return this.page;
  }

  /** What was written under this lease is read by nobody any more. A lease that is not given back costs the page, no more. */
  giveBack(page: Page): void {
    if (--page.leases > 0 || page === this.page || page.bytes.length !== pageBytes) return;
    if (this.free.length < freePagesMax) this.free.push(page);
  }
}

/** What one request has leased: for its head, and for what goes out of it. */
export class RequestLeases {
  head: Page | null = null;
  written: Page | null = null;

  /** What the kernel has not taken yet is still read: then its page is lost. */
  giveBack(slab: LeasedSlab, isTaken: boolean): void {
    const { head, written } = this;
    this.head = null;
    this.written = null;
    if (head !== null) slab.giveBack(head);
    if (written !== null && isTaken) slab.giveBack(written);
  }
}
