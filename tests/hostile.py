"""Testimonials made by somebody who wants to run a script in the shop's page, and how to see whether one could."""

from __future__ import annotations

import json
from itertools import cycle

from widget.content import AccountTelemetry, Content, parse_content
from widget.design import CARDS, Design
from widget.telemetry.schema import LAYOUTS
from widget.view import draw

TEXTS = (
    "<script>window.hurt = 1</script>",
    "</p></figure></section><img src=x onerror=window.hurt=1>",
    '"><svg onload=window.hurt=1>',
    "' onmouseover='window.hurt=1",
    "<svg><style><img src=x onerror=window.hurt=1></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror=window.hurt=1&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=window.hurt=1>'>",
    "<template><script>window.hurt=1</script></template>",
    "<!--><img src=x onerror=window.hurt=1>-->",
    "<![CDATA[><img src=x onerror=window.hurt=1>]]>",
    "<iframe srcdoc='<script>parent.hurt=1</script>'></iframe>",
    "<a href='javascript:window.hurt=1'>x</a>",
    "&lt;script&gt;window.hurt=1&lt;/script&gt;",
    "&#60;img src=x onerror=window.hurt=1&#62;",
    "<base href='https://evil.example/'>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<style>@import 'https://evil.example/x.css'</style>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<form action=https://evil.example><button>ok</button></form>",
    "\u202e<script>window.hurt=1</script>",
    "\x00<scr\x00ipt>window.hurt=1</script>",
    "\ud83d<img src=x onerror=window.hurt=1>",
    "{{constructor.constructor('window.hurt=1')()}}${window.hurt=1}",
    "`+window.hurt=1+`",
    "]]>--></title></textarea></script></style><img src=x onerror=window.hurt=1>",
)
URLS = (
    "javascript:window.hurt=1",
    " javascript:window.hurt=1",
    "java\nscript:window.hurt=1",
    "data:text/html,<script>parent.hurt=1</script>",
    "vbscript:msgbox(1)",
    "//evil.example/x",
    "/relative",
    "https://shop.example/'\"onerror='window.hurt=1",
    'https://shop.example/" onerror=window.hurt=1 x="',
    "https:evil.example",
    "blob:https://evil.example/1",
    "file:///etc/passwd",
    "https://shop.example/ok.png",
)
ALLOWED_URL = "https://shop.example/"

# The tags and attributes that a script could come by, and each URL that is not the shop's; [] if there is none.
CHECK = """html => {
  const box = document.createElement("div");
  document.body.append(box);
  box.innerHTML = html;
  const bad = [];
  for (const element of box.querySelectorAll("*")) {
    if (/^(script|iframe|object|embed|link|meta|base|style|form|template|noscript|math)$/i.test(element.localName))
      bad.push(element.localName);
    for (const { name, value } of element.attributes) {
      if (/^on|^style$|^srcdoc$|^formaction$/i.test(name)) bad.push(name);
      if (/^(href|src|xlink:href|srcset|action)$/i.test(name) && !value.startsWith("https://shop.example/ok"))
        bad.push(`${name}=${value}`);
    }
  }
  box.remove();
  return bad;
}"""


def drawings() -> list[str]:
    """The HTML of hostile testimonials in all layouts and cards, from content as the API sends it."""
    urls = cycle(URLS)
    items = [
        {"id": f"t{n}", "author": text, "text": text * 20, "role": text, "company": text, "avatar": next(urls),
         "url": next(urls), "rating": 5, "verified": True}
        for n, text in enumerate(TEXTS)
    ]  # fmt: skip
    content = parse_content(json.dumps({"id": "w1", "testimonials": items}))
    assert isinstance(content, Content)
    assert content.telemetry == AccountTelemetry()
    return [draw(content, Design(layout=layout, card=card, max=100)) for layout in LAYOUTS for card in CARDS]
