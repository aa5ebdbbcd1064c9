"""Notebooks as grading leaves them, and the feedback page of one, without a gradebook."""

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from traitlets.config import Config

from gradekit.page import NAME, TEMPLATES, FeedbackExporter
from gradekit.show import as_html
from gradekit.task import SCORE_MIME, Part, Task

PASSED = Part("four numbers", 1, 1, hidden=False)
LOST = Part(
    "your own signal", 2, 0, hidden=True, mistake="sum", notes=("sum: Divide by their number.",)
)


class Told(Task):
    """A task with parts that are known already."""

    parts = ()

    def __init__(self, name, parts):
        super().__init__(name, points=3)
        self.parts = tuple(parts)


def meta(grade_id, **more):
    """Metadata of a graded cell after the gradebook was read."""
    return {"grade_id": grade_id, "grade": True, "solution": False, "points": 3.0, **more}


def scored(parts=(PASSED, LOST), score=1.0, **more):
    """A test cell with its score."""
    task = Told("mean_power", parts)
    data = {
        "text/html": as_html(task.name, task.points, score, task.parts),
        SCORE_MIME: {**task.outputs()[SCORE_MIME], "run": "token-of-this-run"},
    }
    nbgrader = meta("mean_power-test", score=score)
    return new_code_cell(
        "task.score()",
        metadata={"nbgrader": nbgrader, "gradekit": {"page": "a-power-law"}, **more},
        outputs=[new_output("display_data", data)],
    )


def written(text="Because.", **more):
    """A written answer; `more` says how it stands in the gradebook."""
    nbgrader = meta("written", solution=True, **{"points": 2.0, "score": 0.0, **more})
    return new_markdown_cell(text, metadata={"nbgrader": nbgrader})


def page(*cells, book="", penalty=0.0):
    """The feedback page of a notebook with these cells."""
    config = Config()
    config.FeedbackExporter.template_name = NAME
    config.FeedbackExporter.extra_template_basedirs = [str(TEMPLATES)]
    config.FeedbackExporter.book = book
    config.Exporter.default_preprocessors = []
    marks = {"notebook": "toy", "score": 1.0 - penalty, "max_score": 5.0, "late_penalty": penalty}
    exporter = FeedbackExporter(config=config)
    return exporter.from_notebook_node(new_notebook(cells=list(cells)), {"nbgrader": marks})[0]


def output(mime, content, **metadata):
    """A code cell that displayed one thing."""
    shown = new_output("display_data", {mime: content}, metadata=metadata)
    return new_code_cell("show()", outputs=[shown])


# What a submission may try; `EVIL` must never be asked for anything.
EVIL = "http://evil.example"
HOSTILE = [
    "<script>document.title = 'owned'</script>",
    f"<img src={EVIL}/a.png><img src=x onerror=\"document.title='owned'\">",
    f"![spy]({EVIL}/b.png) [press](javascript:document.title='owned')",
    f"<style>body {{ background: url({EVIL}/c.png) }} main {{ display: none }}</style>",
    '<div style="position:fixed;inset:0;background:#fff" class="result full" id="points">25</div>',
    f'<meta http-equiv="refresh" content="0;url={EVIL}/d"><base href="{EVIL}/">',
    f'<iframe src="{EVIL}/e"></iframe><object data="{EVIL}/f"></object><embed src="{EVIL}/g">',
    f'<form action="{EVIL}/h"><input name=a><button>Go</button></form>',
    f'<svg onload="document.title=\'owned\'"><image href="{EVIL}/i.png"/></svg>',
    "<svg><style><img src=x onerror=\"document.title='owned'\"></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x "
    "onerror=document.title=1&gt;'></style></mglyph></table></mtext></math>",
    f"<link rel=stylesheet href={EVIL}/j.css><video src={EVIL}/k autoplay></video>",
    "</main></body><h1>Feedback: full marks</h1>",
    r"$\text{<img src=x onerror=document.title='owned'>}$ $\href{javascript:alert(1)}{x}$",
    f"<a href='//evil.example/l' style=x>a</a><picture><source srcset={EVIL}/m></picture>",
    "![$a$\" onerror=\"document.title='owned'](attachment:none.png)",
    "<!--[if true]><script>document.title='owned'</script><![endif]-->",
    "<plaintext><xmp><noscript><p title='</noscript><img src=x onerror=document.title=1>'>",
]


def hostile_cells():
    """The same attacks as text, as results of code and in what surrounds them."""
    cells = [new_markdown_cell(text) for text in HOSTILE]
    cells += [output("text/html", text) for text in HOSTILE]
    cells += [output("text/latex", text) for text in HOSTILE[:2]]
    cells += [output("text/markdown", text) for text in HOSTILE[:2]]
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" onload="document.title=1">'
        f'<script>document.title="owned"</script><image href="{EVIL}/n.png"/></svg>'
    )
    cells += [output("image/svg+xml", svg), output("application/javascript", "alert(1)")]
    cells += [output("image/png", '"><script>document.title="owned"</script>')]
    png = {"alt": '"><script>document.title="owned"</script>'}
    cells += [output("image/png", "iVBORw0KGgo=", **{"image/png": png})]
    cells += [new_code_cell("# </code></pre><script>document.title='owned'</script>")]
    attached = new_markdown_cell("![x](attachment:x.png)")
    attached["attachments"] = {"x.png": {"image/png": f'"><img src={EVIL}/o.png>'}}
    named = written("x", comment="fine")
    named.metadata.nbgrader["grade_id"] = '"><script>document.title="owned"</script>'
    cells += [attached, named, scored(gradekit={"page": "javascript:alert(1)"})]
    return cells
