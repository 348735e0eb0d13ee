import { describe, expect, test } from "vitest";
import { countersText, layerSums, parametersOf } from "../../static/src/run/count";
import { fieldOf, readRecipe, recipeLine, withOptimizer, writeRecipe } from "../../static/src/run/recipe";
import { CHOICES, RECIPE } from "./train";

const read = (query: string) => readRecipe(new URLSearchParams(query), CHOICES);

describe("a recipe in an address", () => {
  test("the defaults take no words", () => {
    expect(writeRecipe(RECIPE, CHOICES).toString()).toBe("");
    expect(read("")).toEqual(RECIPE);
  });

  test("is read as it was written", () => {
    const recipe = {
      ...withOptimizer(RECIPE, "momentum", CHOICES),
      ...{ hidden: [128, 64], activation: "tanh", init: "zeros", dataset: "built-in", schedule: "cosine" },
      ...{ hyper: { momentum: 0.5 }, lr: 3e-5, warmup: 60, batch: 32, epochs: 2, seed: 7, zero_grad: false },
    } as const satisfies typeof RECIPE;
    expect(readRecipe(writeRecipe(recipe, CHOICES), CHOICES)).toEqual(recipe);
  });

  test("one layer after a default of several is no default", () => {
    const deep = { ...CHOICES, defaults: { ...RECIPE, hidden: [30] } };
    expect(readRecipe(writeRecipe({ ...RECIPE, hidden: [] }, deep), deep).hidden).toEqual([]);
  });

  test("another optimizer brings its own learning rate", () => {
    expect(read("optimizer=sgd")).toMatchObject({ optimizer: "sgd", lr: 0.5 });
    expect(withOptimizer({ ...RECIPE, hyper: { beta1: 0.5 } }, "sgd", CHOICES)).toEqual({
      ...RECIPE,
      ...{ optimizer: "sgd", lr: 0.5, hyper: {} },
    });
  });

  test("without MNIST the form begins with what is there, unless the address wants MNIST", () => {
    const datasets = CHOICES.datasets.map((set) => ({ ...set, ready: set.name !== "mnist" }));
    const without = { ...CHOICES, datasets };
    expect(readRecipe(new URLSearchParams(""), without).dataset).toBe("built-in");
    expect(readRecipe(new URLSearchParams("dataset=mnist"), without).dataset).toBe("mnist");
    expect(writeRecipe(readRecipe(new URLSearchParams(""), without), without).toString()).toBe("dataset=built-in");
  });

  test("what cannot be read is left at its default", () => {
    expect(read("optimizer=magic&lr=fast&batch=2.5&epochs=-1&hidden=12,x,7&activation=&momentum=0.5")).toEqual({
      ...RECIPE,
      hidden: [12, 7],
    });
  });
});

describe("a recipe in one line", () => {
  test("the textbook's", () => {
    expect(recipeLine(RECIPE, CHOICES)).toBe("784-10 · Adam 0.001 · batch 100 · 5 epochs · seed 0");
  });

  test("names what is unusual", () => {
    const recipe = read(
      "hidden=128&schedule=cosine&warmup=60&init=zeros&beta1=0.5&epochs=1&dataset=built-in&zero_grad=no",
    );
    expect(recipeLine(recipe, CHOICES)).toBe(
      "784-128-10 · ReLU · Zeros · Adam 0.001 · β₁ 0.5 · Cosine over 60 steps · batch 100 · 1 epoch · seed 0 · " +
        "Built-in digits · without zero_grad",
    );
  });
});

describe("a refusal is shown at the field it is about", () => {
  test.each([
    ["A layer of 784-9000-10 is too wide", "9,000 units in a layer", "hidden"],
    ["The batch is too large", "90,000 pictures in a batch", "batch"],
    ["The run is too long", "9,000,000 training steps", "epochs"],
    ["The network is too large", "9,000,000 parameters", "hidden"],
    ["A layer of 784-9000-10 · ReLU · β₁ 0.05 is too wide", "9,000 units in a layer", "hidden"],
    ["β₁ is out of bounds", "2", "hyper.beta1"],
    ["Learning rate is out of bounds", "101", "lr"],
    ["The warm-up is a part of the run", "4,000 steps", "warmup"],
    ["Something else", "", null],
  ])("%s", (message, given, field) => {
    expect(fieldOf({ message, given }, RECIPE, CHOICES)).toBe(field);
  });
});

describe("parameters", () => {
  test("are counted as a student would", () => {
    const sums = layerSums([784, 128, 10]);
    expect(sums.map(({ sum }) => sum)).toEqual(["784 × 128 + 128", "128 × 10 + 10"]);
    expect(parametersOf(sums)).toBe(100_480 + 1_290);
  });

  test("and who disagrees is named", () => {
    expect(countersText(7850, 7850, 7850)).toBe("the engine and PyTorch count the same");
    expect(countersText(7850, 7850, null)).toBe("the engine counts the same");
    expect(countersText(7850, 7840, 7850)).toBe("the engine counts 7,840");
    expect(countersText(7850, null, null)).toBe("");
  });
});
