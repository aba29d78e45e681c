// The same cards in a carousel of Embla, with arrows, by a short script.
const show = async () => {
  const answer = await fetch("{{API}}/api/widgets/carousel/public");
  const { drawn } = await answer.json();
  const root = document.querySelector("#reviews").attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`${drawn.css}
    .viewport { overflow: hidden }
    .slides { display: flex }
    .slide { flex: 0 0 100%; min-width: 0 }`);
  root.adoptedStyleSheets = [sheet];
  const template = document.createElement("template");
  template.innerHTML = drawn.html;
  const slides = [...template.content.querySelectorAll(".card:not(.ghost)")].map((card) => {
    const slide = document.createElement("div");
    slide.className = "slide";
    slide.append(card);
    return slide;
  });
  root.innerHTML = `<div class="viewport"><div class="slides"></div></div><button>Back</button><button>On</button>`;
  root.querySelector(".slides").append(...slides);
  const carousel = EmblaCarousel(root.querySelector(".viewport"), { loop: true });
  const [back, on] = root.querySelectorAll("button");
  back.addEventListener("click", () => carousel.scrollPrev());
  on.addEventListener("click", () => carousel.scrollNext());
};
show();
