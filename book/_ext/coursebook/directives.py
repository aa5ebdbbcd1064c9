"""The head of a page: how long it takes, what it needs, what it gives."""

from __future__ import annotations

from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


class PageHead(SphinxDirective):
    """`{page-head}`, options `minutes` and `needs`; the list in it says what the reader can do."""

    has_content = True
    option_spec: ClassVar = {
        "minutes": directives.positive_int,
        "needs": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        """Return the box with its fields."""
        self.assert_has_content()
        missing = [name for name in ("minutes", "needs") if name not in self.options]
        if missing:
            raise self.error(f"page-head needs the option {' and '.join(missing)}")
        minutes = [nodes.Text(f"about {self.options['minutes']} minutes")]
        needs, messages = self.parse_inline(self.options["needs"])
        fields = nodes.field_list(
            "",
            field("Time", nodes.paragraph("", "", *minutes)),
            field("Before this page", nodes.paragraph("", "", *needs)),
            field("Afterwards you can", *self.parse_content_to_nodes()),
        )
        return [nodes.container("", fields, classes=["page-head"]), *messages]


def field(name: str, *content: nodes.Node) -> nodes.field:
    """Return a field of a list of fields."""
    return nodes.field("", nodes.field_name("", name), nodes.field_body("", *content))


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.add_directive("page-head", PageHead)
