import { createContext, runInContext } from 'node:vm';

/**
 * As much of a browser as the script of a report needs: it reads a page of ours, answers selectors of classes, ids and tags, and
 * has the layout of a sheet that is a thousand pixels wide. No more: what the script begins to use has to be added here.
 */
type Listener = (event: object) => void;

const AXIS_WIDTH = 80;
const SHEET_WIDTH = 1_000;

export class StandInElement {
  readonly tag: string;
  readonly attributes: Map<string, string>;
  readonly dataset: Record<string, string> = {};
  readonly children: StandInElement[] = [];
  readonly listeners = new Map<string, Listener[]>();
  readonly properties = new Map<string, string>();
  readonly classes: Set<string>;
  readonly style: Record<string, unknown>;
  readonly classList = {
    toggle: (name: string, on: boolean) => (on ? this.classes.add(name) : this.classes.delete(name)),
  };
  parent: StandInElement | null = null;
  text = '';
  hidden: boolean;
  #scrollLeft = 0;

  constructor(tag: string, attributes = new Map<string, string>()) {
    this.tag = tag;
    this.attributes = attributes;
    this.hidden = attributes.has('hidden');
    this.classes = new Set((attributes.get('class') ?? '').split(' ').filter((name) => name !== ''));
    this.style = { setProperty: (name: string, value: string) => this.properties.set(name, value) };
    for (const [name, value] of attributes) {
      if (!name.startsWith('data-')) continue;
      this.dataset[name.slice(5).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())] = value;
    }
  }

  get textContent(): string {
    return this.text + this.children.map((child) => child.textContent).join('');
  }
  set textContent(text: string) {
    this.children.length = 0;
    this.text = text;
  }
  get title(): string {
    return this.attributes.get('title') ?? '';
  }
  get href(): string {
    return this.attributes.get('href') ?? '';
  }
  get offsetWidth(): number {
    return this.classes.has('axis') ? AXIS_WIDTH : 200;
  }
  get clientWidth(): number {
    return SHEET_WIDTH;
  }
  get scrollWidth(): number {
    const zoom = Number(this.root().all('#plots')[0]?.properties.get('--zoom') ?? 1);
    return AXIS_WIDTH + (SHEET_WIDTH - AXIS_WIDTH) * zoom;
  }
  get scrollLeft(): number {
    return this.#scrollLeft;
  }
  set scrollLeft(pixels: number) {
    this.#scrollLeft = Math.min(Math.max(0, pixels), this.scrollWidth - this.clientWidth);
  }
  getBoundingClientRect() {
    return { left: 0, bottom: 50 };
  }
  root(): StandInElement {
    return this.parent === null ? this : this.parent.root();
  }
  setAttribute(name: string, value: string): void {
    this.attributes.set(name, value);
  }
  removeAttribute(name: string): void {
    this.attributes.delete(name);
  }
  append(...elements: StandInElement[]): void {
    for (const element of elements) {
      element.parent = this;
      this.children.push(element);
    }
  }
  replaceChildren(...elements: StandInElement[]): void {
    this.textContent = '';
    this.append(...elements);
  }
  createTHead(): StandInElement {
    return this.added('thead');
  }
  createTBody(): StandInElement {
    return this.added('tbody');
  }
  insertRow(): StandInElement {
    return this.added('tr');
  }
  contains(other: StandInElement): boolean {
    return other === this || (other.parent !== null && this.contains(other.parent));
  }
  closest(selector: string): StandInElement | null {
    if (this.isOne(selector)) return this;
    return this.parent?.closest(selector) ?? null;
  }
  addEventListener(type: string, listener: Listener): void {
    this.listeners.set(type, [...(this.listeners.get(type) ?? []), listener]);
  }
  /** @returns whether the page prevented what a browser does by default. */
  dispatch(type: string, event: object = {}): boolean {
    let isPrevented = false;
    const whole = { target: this, preventDefault: () => (isPrevented = true), ...event };
    for (const listener of this.listeners.get(type) ?? []) listener(whole);
    return isPrevented;
  }
  querySelector(selector: string): StandInElement | null {
    return this.all(selector)[0] ?? null;
  }
  querySelectorAll(selector: string): readonly StandInElement[] {
    return this.all(selector);
  }
  all(selector: string): readonly StandInElement[] {
    const choices = selector.split(',').map((choice) => choice.trim().split(/\s+/));
    return this.descendants().filter((element) => choices.some((parts) => element.fits(parts)));
  }

  private added(tag: string): StandInElement {
    const element = new StandInElement(tag);
    this.append(element);
    return element;
  }
  private descendants(): readonly StandInElement[] {
    return this.children.flatMap((child) => [child, ...child.descendants()]);
  }
  private fits(parts: readonly string[]): boolean {
    if (!this.isOne(parts.at(-1) ?? '')) return false;
    const rest = parts.slice(0, -1);
    if (rest.length === 0) return true;
    for (let above = this.parent; above !== null; above = above.parent) if (above.fits(rest)) return true;
    return false;
  }
  private isOne(simple: string): boolean {
    if (simple.startsWith('#')) return this.attributes.get('id') === simple.slice(1);
    if (simple.endsWith('[href^="#"]')) return `${this.tag}[href^="#"]` === simple && this.href.startsWith('#');
    return simple.startsWith('.') ? this.classes.has(simple.slice(1)) : this.tag === simple;
  }
}

const VOID = new Set(['meta', 'br', 'input', 'link', 'hr', 'img']);

/** Reads a page of ours: every element is closed, and only attribute values are quoted. */
function parsePage(html: string): StandInElement {
  const root = new StandInElement('#document');
  let open = root;
  for (const token of html.matchAll(
    /<(script|style)([^>]*)>([\s\S]*?)<\/\1>|<(\/?)([a-z][a-z0-9]*)([^>]*)>|([^<]+)/g,
  )) {
    const [, rawTag, rawAttributes, rawText, slash, tag, attributes, text] = token;
    if (text !== undefined) {
      open.text += text;
    } else if (slash === '/') {
      open = open.parent ?? root;
    } else {
      const element = new StandInElement(rawTag ?? tag ?? '', attributesOf(rawAttributes ?? attributes ?? ''));
      element.text = rawText ?? '';
      open.append(element);
      const stays = rawTag === undefined && !VOID.has(element.tag) && !(attributes ?? '').endsWith('/');
      if (stays) open = element;
    }
  }
  return root;
}

function attributesOf(text: string): Map<string, string> {
  const found = [...text.matchAll(/([a-z][a-z0-9-]*)(?:="([^"]*)")?/gi)];
  return new Map(found.map(([, name = '', value = '']) => [name.toLowerCase(), value]));
}

/** Loads a page and runs its script. */
export function openPage(html: string): StandInElement {
  const root = parsePage(html);
  const [body] = root.all('body');
  const script = root.all('script').findLast(({ attributes }) => !attributes.has('type'));
  if (body === undefined || script === undefined) throw new Error('the page has no body or no script');
  const kindOf = (isKind: (element: StandInElement) => boolean) => ({
    [Symbol.hasInstance]: (value: unknown) => value instanceof StandInElement && isKind(value),
  });
  const anyElement = kindOf(() => true);
  const document = Object.assign(root, {
    body,
    documentElement: root,
    createElement: (tag: string) => new StandInElement(tag),
  });
  const context = createContext({
    document,
    window: { scrollX: 0, scrollY: 0, addEventListener: () => undefined },
    location: { hash: '' },
    Node: anyElement,
    Element: anyElement,
    HTMLElement: anyElement,
    HTMLButtonElement: kindOf(({ tag }) => tag === 'button'),
    HTMLAnchorElement: kindOf(({ tag }) => tag === 'a'),
    HTMLTableRowElement: kindOf(({ tag }) => tag === 'tr'),
    HTMLDetailsElement: kindOf(({ tag }) => tag === 'details'),
    HTMLFormElement: kindOf(({ tag }) => tag === 'form'),
  });
  runInContext(script.text, context);
  return root;
}
