import { useEffect, useRef } from "preact/hooks";
import UPlot from "uplot";
import type { Point } from "../state/activity.ts";
import { theme } from "../state/theme.ts";

/** A line of a chart. */
export interface Line {
  readonly label: string;
  /** The CSS variable with its colour. */
  readonly colour: string;
  readonly of: (point: Point) => number | undefined;
  /** Some points have no value. */
  readonly hasGaps?: boolean;
}

export interface ChartProps {
  readonly title: string;
  readonly points: readonly Point[];
  readonly lines: readonly Line[];
}

const HEIGHT = 160;

/** Values over time. */
export function Chart({ title, points, lines }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const data = dataOf(points, lines);
  const { value: colours } = theme;
  // other colours need another plot
  useEffect(() => {
    const { current: element } = place;
    if (element === null) return undefined;
    const make = (): void => {
      plot.current?.destroy();
      plot.current = new UPlot(optionsOf(element, lines), data, element);
    };
    make();
    const sizes = new ResizeObserver(() =>
      plot.current?.setSize({ width: element.clientWidth, height: HEIGHT }),
    );
    sizes.observe(element);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", make);
    return () => {
      sizes.disconnect();
      scheme.removeEventListener("change", make);
      plot.current?.destroy();
    };
  }, [colours, lines]);
  useEffect(() => plot.current?.setData(data), [data]);
  return (
    <figure class="card chart">
      <figcaption>
        <strong>{title}</strong>
        {lines.map(({ label, colour }) => (
          <span key={label} class={`key ${colour.slice(2)}`}>
            {label}
          </span>
        ))}
      </figcaption>
      <div ref={place} role="img" aria-label={`${title} over the last minutes`} />
    </figure>
  );
}

function dataOf(points: readonly Point[], lines: readonly Line[]): UPlot.AlignedData {
  const values = lines.map(({ of }) => points.map((point) => of(point) ?? null));
  return [points.map(({ atMs }) => atMs / 1000), ...values];
}

function optionsOf(element: HTMLElement, lines: readonly Line[]): UPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const axis: UPlot.Axis = {
    stroke: colour("--dim"),
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { show: false },
    font: "11px system-ui, sans-serif",
  };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_, __, max) => [0, Math.max(max * 1.1, 1)] } },
    axes: [
      { ...axis, size: 26, space: 70, values: (_, times) => times.map(clock) },
      { ...axis, size: 40, space: 32 },
    ],
    series: [
      {},
      ...lines.map((line) => ({
        stroke: colour(line.colour),
        width: 1.5,
        spanGaps: true,
        // a value between gaps has no line
        points: { show: line.hasGaps === true, size: 4 },
      })),
    ],
  };
}

const clock = (seconds: number): string =>
  new Date(seconds * 1000).toLocaleTimeString([], { hour12: false });
