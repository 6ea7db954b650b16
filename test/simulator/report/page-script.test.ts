import { beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_SETTINGS } from '../../../shared/control/settings.ts';
import { choosePolicies } from '../../../simulator/backtest/catalogue.ts';
import { renderBacktest } from '../../../simulator/backtest/report/render-backtest.ts';
import { runBacktest } from '../../../simulator/backtest/run-backtest.ts';
import { TWO_OR_MORE } from '../../../simulator/plant/run.ts';
import { tidal } from '../backtest/loads.ts';
import { openPage, type StandInElement } from './page-stand-in.ts';

const html = renderBacktest(
  runBacktest({
    load: tidal(2 * 4_320),
    taskCapacity: 40,
    startupSeconds: 180,
    bounds: TWO_OR_MORE,
    targetPercent: 70,
    cooldowns: { scaleOutCooldownSeconds: 60, scaleInCooldownSeconds: 300 },
    signal: '1m',
    control: DEFAULT_SETTINGS,
    warmUpSteps: 4_320,
    policies: choosePolicies(['tt60', 'tt20']),
  }),
  { traceName: 'shop.csv', notes: [] },
);

describe('the script of a report in the page of a backtest', () => {
  let page: StandInElement;
  const one = (selector: string) => page.all(selector)[0]!;
  const button = (name: string) => page.all('.zoom button').find(({ textContent }) => textContent.includes(name))!;
  const zoom = () => Number(one('#plots').properties.get('--zoom'));
  const pressed = () =>
    page
      .all('.zoom button')
      .filter(({ attributes }) => attributes.get('aria-pressed') === 'true')
      .map(({ textContent }) => textContent);
  const points = () => Number(one('body').dataset['points']);
  beforeEach(() => {
    page = openPage(html);
  });

  it('shows the buttons that need it', () => {
    expect(html).toMatch(/class="zoom" hidden/);
    expect(one('.zoom').hidden).toBe(false);
  });

  it('begins with everything, and comes closer around the same middle', () => {
    expect(zoom()).toBe(1);
    const scroller = one('.scroller');
    button('3×').dispatch('click');
    expect(zoom()).toBe(3);
    expect(pressed()).toEqual(['3×']);
    const centre = scroller.scrollLeft + 460;
    button('8×').dispatch('click');
    expect((scroller.scrollLeft + 460) / (8 * 920)).toBeCloseTo(centre / (3 * 920), 10);
    button('everything').dispatch('click');
    expect(scroller.scrollLeft).toBeCloseTo(0, 10);
  });

  it.each([
    { stretch: 'in the middle', from: 40, to: 50, zoom: 5, centre: 0.45 },
    { stretch: 'too short to fill half of the width at 16 times', from: 40, to: 41, zoom: 16, centre: 0.405 },
    { stretch: 'of more than half of the period', from: 20, to: 80, zoom: 1, centre: 0.5 },
    { stretch: 'at the end, beyond which no page scrolls', from: 90, to: 100, zoom: 5, centre: 0.9 },
    { stretch: 'at the start', from: 0, to: 10, zoom: 5, centre: 0.1 },
  ])('shows a worst stretch $stretch', ({ from, to, zoom: closer, centre }) => {
    page = openPage(html.replace(/data-from="[^"]*" data-to="[^"]*"/, `data-from="${from}" data-to="${to}"`));
    const worst = button('worst of');
    worst.dispatch('click');
    expect(zoom()).toBeCloseTo(closer, 10);
    expect((one('.scroller').scrollLeft + 460) / (zoom() * 920)).toBeCloseTo(centre, 10);
    expect(pressed()).toEqual([worst.textContent]);
  });

  it('reads the values under the pointer, and forgets them when it leaves', () => {
    const scroller = one('.scroller');
    scroller.dispatch('pointermove', { clientX: 80 + 920 * 0.25, pointerType: 'mouse' });
    const readout = one('.readout');
    const data = JSON.parse(one('.readout-data').text) as { label: string; unit: string; fulcrum: number[] }[];
    const point = Math.floor(0.25 * points());
    const rows = readout.all('tbody tr').map(({ children }) => children.map(({ textContent }) => textContent));
    expect(readout.hidden).toBe(false);
    expect(readout.all('caption')[0]!.textContent).toBe('Tue 3 Nov, 06:00');
    expect(rows).toEqual(
      data.map(({ label, unit, fulcrum }) => [label, fulcrum[point]!.toLocaleString('en-US') + unit]),
    );
    expect(one('.cursor').style['left']).toBe(`${((point + 0.5) / points()) * 100}%`);
    scroller.dispatch('pointerleave', { pointerType: 'touch' });
    expect(readout.hidden).toBe(false);
    scroller.dispatch('pointerleave', { pointerType: 'mouse' });
    expect([readout.hidden, one('.cursor').hidden]).toEqual([true, true]);
  });

  it('reads nothing over the axis', () => {
    one('.scroller').dispatch('pointermove', { clientX: 40, pointerType: 'mouse' });
    expect(one('.readout').hidden).toBe(true);
  });

  it('moves the reading line with the arrow keys, by twelve with shift, and not beyond the ends', () => {
    const scroller = one('.scroller');
    const press = (key: string, shiftKey = false) => scroller.dispatch('keydown', { key, shiftKey });
    const at = () => Math.round((Number.parseFloat(String(one('.cursor').style['left'])) / 100) * points() - 0.5);
    expect(press('ArrowRight')).toBe(true);
    const first = at();
    press('ArrowRight', true);
    expect(at() - first).toBe(12);
    press('ArrowLeft');
    expect(at() - first).toBe(11);
    for (let count = 0; count < points(); count += 1) press('ArrowRight', true);
    expect(at()).toBe(points() - 1);
    expect(press('Tab')).toBe(false);
  });

  it('writes loads of tiny units with the digits that matter', () => {
    const tiny = html.replace(/"fulcrum":\[[^\]]*\]/, `"fulcrum":[${Array(points()).fill(0.000123).join(',')}]`);
    page = openPage(tiny);
    one('.scroller').dispatch('pointermove', { clientX: 500, pointerType: 'mouse' });
    expect(one('.readout').all('tbody tr')[0]!.children[1]!.textContent).toBe('0.00012/s');
  });
});
