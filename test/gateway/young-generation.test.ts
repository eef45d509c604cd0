import { collectorOfPassedBytes } from '../../gateway/young-generation';
import { KIB, MIB } from './support';

describe('the collector', () => {
  it('collects once for every 2 MB that passed', () => {
    const collect = jest.fn();
    const passed = collectorOfPassedBytes(collect);
    for (let bytes = 0; bytes < 40 * MIB; bytes += 16 * KIB) passed(16 * KIB);
    expect(collect).toHaveBeenCalledTimes(20);
  });

  it('finds the young collection of this V8', () => {
    expect(() => collectorOfPassedBytes()(4 * MIB)).not.toThrow();
  });
});
