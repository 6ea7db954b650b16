// @ts-check
'use strict';

/** The page reads without this script; it adds zoom, the reading line, filters and tidy JSON. */
(() => {
  /** @typedef {{ label: string, unit: string, fulcrum: (number | null)[], baseline: (number | null)[] | null }} Readout */

  const { start, step, points, timeZone } = document.body.dataset;
  const startMs = Number(start);
  const stepMs = Number(step) * 1000;
  const pointCount = Number(points);
  const moment = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });

  /**
   * @template {Element} E
   * @param {string} selector
   * @param {new () => E} kind
   * @param {ParentNode} [within]
   * @returns {E[]}
   */
  const all = (selector, kind, within = document) => {
    /** @type {E[]} */
    const found = [];
    for (const element of within.querySelectorAll(selector)) if (element instanceof kind) found.push(element);
    return found;
  };

  const sheets = document.querySelector('#plots');
  const scrollers = all('.scroller', HTMLElement);
  for (const hidden of all('.zoom, .filters', HTMLElement)) hidden.hidden = false;

  // Zoom: one for all plots, so that they stay on one time axis.

  const zoomButtons = all('.zoom button', HTMLButtonElement);

  /** @param {HTMLElement} scroller */
  const trackOf = (scroller) => {
    const axis = scroller.querySelector('.axis');
    const axisWidth = axis instanceof HTMLElement ? axis.offsetWidth : 0;
    return { axisWidth, width: scroller.scrollWidth - axisWidth, seen: scroller.clientWidth - axisWidth };
  };

  /** @param {number} zoom @param {number} centre share of the period that shall stand in the middle */
  const showAt = (zoom, centre) => {
    if (!(sheets instanceof HTMLElement)) return;
    sheets.style.setProperty('--zoom', String(zoom));
    sheets.classList.toggle('close', zoom >= Number(sheets.dataset.fineZoom));
    const [first] = scrollers;
    if (first === undefined) return;
    const { width, seen } = trackOf(first);
    first.scrollLeft = centre * width - seen / 2;
  };

  const centreSeen = () => {
    const [first] = scrollers;
    if (first === undefined) return 0.5;
    const { width, seen } = trackOf(first);
    return (first.scrollLeft + seen / 2) / width;
  };

  for (const button of zoomButtons) {
    button.addEventListener('click', () => {
      const { zoom, from, to } = button.dataset;
      if (zoom === undefined) {
        const [left, right] = [Number(from) / 100, Number(to) / 100];
        showAt(Math.min(Math.max(0.5 / (right - left), 1), 16), (left + right) / 2);
      } else {
        showAt(Number(zoom), centreSeen());
      }
      for (const other of zoomButtons) {
        if (other.dataset.zoom !== undefined || other === button)
          other.setAttribute('aria-pressed', String(other === button));
        else other.removeAttribute('aria-pressed');
      }
    });
  }

  // Where the plots do not fit, begin where it matters.
  const [firstEvent] = zoomButtons.filter(({ dataset }) => dataset.from !== undefined);
  if (firstEvent !== undefined) showAt(1, (Number(firstEvent.dataset.from) + Number(firstEvent.dataset.to)) / 200);

  for (const scroller of scrollers) {
    scroller.addEventListener('scroll', () => {
      for (const other of scrollers) {
        if (Math.abs(other.scrollLeft - scroller.scrollLeft) > 1) other.scrollLeft = scroller.scrollLeft;
      }
    });
  }

  // The reading line.

  /** @param {number | null | undefined} value @param {string} unit */
  const shown = (value, unit) =>
    value === null || value === undefined
      ? '–'
      : value.toLocaleString('en-US', { maximumSignificantDigits: Math.abs(value) < 1 ? 2 : 21 }) +
        (unit === '%' ? ' %' : unit);

  /** @param {string} tag @param {string} text */
  const cell = (tag, text) => {
    const element = document.createElement(tag);
    element.textContent = text;
    return element;
  };

  /** @param {Readout[]} readouts @param {number} point */
  const readoutTable = (readouts, point) => {
    const table = document.createElement('table');
    table.append(cell('caption', moment.format(startMs + point * stepMs)));
    if (readouts.some(({ baseline }) => baseline !== null)) {
      const head = table.createTHead().insertRow();
      head.append(cell('td', ''), cell('th', 'Fulcrum'), cell('th', 'alone'));
    }
    const body = table.createTBody();
    for (const { label, unit, fulcrum, baseline } of readouts) {
      const row = body.insertRow();
      row.append(cell('th', label), cell('td', shown(fulcrum[point], unit)));
      if (baseline !== null) row.append(cell('td', shown(baseline[point], unit)));
    }
    return table;
  };

  for (const frame of all('.sheet-frame', HTMLElement)) {
    const [scroller] = all('.scroller', HTMLElement, frame);
    const [readout] = all('.readout', HTMLElement, frame);
    const source = frame.querySelector('.readout-data');
    if (scroller === undefined || readout === undefined || source === null) continue;
    /** @type {Readout[]} */
    const readouts = JSON.parse(source.textContent ?? '[]');
    let current = Math.floor(pointCount / 2);

    /** @param {number} point */
    const read = (point) => {
      current = Math.min(Math.max(point, 0), pointCount - 1);
      const left = ((current + 0.5) / pointCount) * 100;
      for (const cursor of all('.cursor', HTMLElement)) {
        cursor.hidden = false;
        cursor.style.left = `${left}%`;
      }
      if (readouts.length === 0) return;
      readout.replaceChildren(readoutTable(readouts, current));
      readout.hidden = false;
      const { axisWidth, width } = trackOf(scroller);
      const x = axisWidth + (left / 100) * width - scroller.scrollLeft;
      const besides = x + 18 + readout.offsetWidth > frame.clientWidth ? x - 18 - readout.offsetWidth : x + 18;
      readout.style.left = `${Math.min(Math.max(0, besides), frame.clientWidth - readout.offsetWidth)}px`;
      readout.style.top = '5.5rem';
    };
    const leave = () => {
      readout.hidden = true;
      for (const cursor of all('.cursor', HTMLElement)) cursor.hidden = true;
    };

    /** @param {PointerEvent} event */
    const follow = (event) => {
      const { axisWidth, width } = trackOf(scroller);
      const x = event.clientX - scroller.getBoundingClientRect().left;
      if (x < axisWidth || (event.target instanceof Element && event.target.closest('.mark') !== null)) return leave();
      read(Math.floor(((x - axisWidth + scroller.scrollLeft) / width) * pointCount));
    };
    scroller.addEventListener('pointermove', follow);
    scroller.addEventListener('pointerdown', follow);
    // A finger that is lifted has left too, and only then its reader can see what it covered.
    scroller.addEventListener('pointerleave', (event) => {
      if (event.pointerType !== 'touch') leave();
    });
    scroller.addEventListener('scroll', () => {
      if (!readout.hidden) read(current);
    });
    scroller.addEventListener('blur', leave);
    document.addEventListener('pointerdown', (event) => {
      if (!readout.hidden && event.target instanceof Node && !frame.contains(event.target)) leave();
    });
    scroller.addEventListener('keydown', (event) => {
      if (event.target !== scroller || !['ArrowLeft', 'ArrowRight'].includes(event.key)) return;
      event.preventDefault();
      read(current + (event.key === 'ArrowLeft' ? -1 : 1) * (event.shiftKey ? 12 : 1));
      const { width, seen } = trackOf(scroller);
      const x = ((current + 0.5) / pointCount) * width - scroller.scrollLeft;
      if (x < 0 || x > seen) scroller.scrollLeft += x - seen / 2;
    });
  }

  // Marks: what they say on hovering, what they open on a click.

  const tip = document.querySelector('#tip');
  for (const mark of all('.mark', HTMLAnchorElement)) {
    const text = mark.title;
    mark.removeAttribute('title');
    mark.setAttribute('aria-label', text);
    const show = () => {
      if (!(tip instanceof HTMLElement)) return;
      tip.textContent = text;
      tip.hidden = false;
      const box = mark.getBoundingClientRect();
      const left = Math.min(box.left, document.documentElement.clientWidth - tip.offsetWidth - 12);
      tip.style.left = `${Math.max(8, left) + window.scrollX}px`;
      tip.style.top = `${box.bottom + window.scrollY + 6}px`;
    };
    const hide = () => {
      if (tip instanceof HTMLElement) tip.hidden = true;
    };
    mark.addEventListener('pointerenter', show);
    mark.addEventListener('focus', show);
    mark.addEventListener('pointerleave', hide);
    mark.addEventListener('blur', hide);
  }

  // Audit records.

  const rows = all('.records tbody tr', HTMLTableRowElement);
  /** @type {Map<Element, string>} */
  const words = new Map();
  /** @param {Element} row */
  const wordsOf = (row) => {
    const known = words.get(row) ?? (row.textContent ?? '').toLowerCase();
    words.set(row, known);
    return known;
  };

  const form = document.querySelector('.filters');
  const filter = () => {
    if (!(form instanceof HTMLFormElement)) return;
    const wanted = new FormData(form);
    const text = String(wanted.get('text')).trim().toLowerCase();
    let count = 0;
    for (const row of rows) {
      const fits = ['resource', 'lever', 'kind'].every((name) => {
        const choice = String(wanted.get(name));
        const value = row.dataset[name] ?? '';
        if (choice === 'changes') return value !== 'held' && value !== 'abstained';
        return choice === '' || choice === `=${value}`;
      });
      row.hidden = !fits || (text !== '' && !wordsOf(row).includes(text));
      if (!row.hidden) count += 1;
    }
    const output = form.querySelector('output');
    if (output !== null) output.textContent = `${count} of ${rows.length}`;
  };
  if (form instanceof HTMLFormElement) {
    form.addEventListener('input', filter);
    form.addEventListener('submit', (event) => event.preventDefault());
    form.addEventListener('reset', () => setTimeout(filter));
    filter();
  }

  for (const details of all('.records details', HTMLDetailsElement)) {
    details.addEventListener('toggle', () => {
      const pre = details.querySelector('pre');
      if (pre === null || pre.dataset.tidy !== undefined) return;
      pre.dataset.tidy = 'yes';
      pre.textContent = JSON.stringify(JSON.parse(pre.textContent ?? 'null'), null, 2);
    });
  }

  const openTarget = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target === null) return;
    target.closest('details')?.setAttribute('open', '');
    if (target instanceof HTMLTableRowElement) {
      if (target.hidden && form instanceof HTMLFormElement) {
        for (const field of all('select, input', HTMLElement, form)) {
          if (field instanceof HTMLSelectElement || field instanceof HTMLInputElement) field.value = '';
        }
        filter();
      }
      target.querySelector('details')?.setAttribute('open', '');
    }
    target.scrollIntoView({ block: target instanceof HTMLTableRowElement ? 'center' : 'start' });
  };
  window.addEventListener('hashchange', openTarget);
  for (const link of all('a[href^="#"]', HTMLAnchorElement)) {
    // A second click on the same link changes no hash.
    link.addEventListener('click', () => setTimeout(openTarget));
  }
  if (location.hash !== '') openTarget();
})();
