// The shortest script that shows the same: fetch the content and insert the HTML that the server drew.
const show = async () => {
  const answer = await fetch("{{API}}/api/widgets/grid/public");
  const { drawn } = await answer.json();
  const root = document.querySelector("#reviews").attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(drawn.css);
  root.adoptedStyleSheets = [sheet];
  root.innerHTML = drawn.html;
};
show();
