"""How each kind of preparation step is written as code; one function per step key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iiml_codegen.domain.blueprint import Step
from iiml_codegen.errors import GenerationError
from iiml_codegen.implementation.column_fragments import COLUMN_WRITERS
from iiml_codegen.implementation.enriched_fragments import ENRICHED_WRITERS
from iiml_codegen.implementation.fragment import Fragment, variable
from iiml_codegen.implementation.media_fragments import MEDIA_WRITERS
from iiml_codegen.implementation.number_fragments import NUMBER_WRITERS
from iiml_codegen.implementation.place_fragments import PLACE_WRITERS
from iiml_codegen.implementation.raster_fragments import RASTER_WRITERS
from iiml_codegen.implementation.rendering import flat_literal
from iiml_codegen.implementation.row_fragments import ROW_WRITERS
from iiml_codegen.implementation.sequence_fragments import SEQUENCE_WRITERS
from iiml_codegen.implementation.table_reads import LARGE, date_read, large_table_read, table_read
from iiml_codegen.implementation.window_fragments import WINDOW_WRITERS


def fragment(step: Step) -> Fragment:
    """Write one step; raises GenerationError for a key that no recipe implements."""
    write = WRITERS.get(step.key)
    if write is None:
        raise GenerationError(f"step {step.id} asks for the unknown recipe {step.key!r}")
    return write(step.values)


def table_reads(values: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The lines that read both tables, and the recipes that they call."""
    forms = {side: values.get(f"{side}_form", {}) for side in ("train", "test")}
    if values.get("numbers"):
        lines = (
            large_table_read(side, f"data_dir / {side.upper()}_FILE", form, "NUMBERS")
            for side, form in forms.items()
        )
        return tuple(lines), (LARGE,)
    words = bool(values.get("words"))
    train, its = table_read("train", "data_dir / TRAIN_FILE", forms["train"], to_the_letter=words)
    test, own = table_read("test", "data_dir / TEST_FILE", forms["test"], to_the_letter=words)
    return (train, test), tuple(dict.fromkeys((its, own)))


def read_tables(values: dict[str, Any]) -> Fragment:
    """Both tables as text, stacked."""
    lines, recipes = table_reads(values)
    constants = {"TRAIN_FILE": values["train_file"], "TEST_FILE": values["test_file"]}
    constants |= {"NUMBERS": values["numbers"]} if values.get("numbers") else {}
    stacked = (*lines, "rows = stack_rows(train, test)")
    return Fragment("prepare", stacked, (*recipes, "stack_rows"), constants)


def gaps(values: dict[str, Any]) -> Fragment:
    """Where values are missing; words for missing values are found by reading numbers."""
    source = "rows.assign(**numbers)" if values.get("as_numbers") else "rows"
    line = f"gaps = missing_flags({source}, WITH_GAPS)"
    return Fragment(
        "prepare", (line,), ("missing_flags",), {"WITH_GAPS": values["columns"]}, ("gaps",)
    )


def categories(values: dict[str, Any]) -> Fragment:
    """Columns that name a kind."""
    rare = values.get("min_count", 1)
    extra = f", min_count={rare}" if rare > 1 else ""
    line = f"categories = as_categories(rows, CATEGORIES, fitted{extra})"
    constants = {"CATEGORIES": values["columns"]}
    return Fragment("prepare", (line,), ("as_categories",), constants, ("categories",))


def counts(values: dict[str, Any]) -> Fragment:
    """How often a value occurs."""
    line = "counts = value_counts(rows, COUNTED, fitted)"
    return Fragment(
        "prepare", (line,), ("value_counts",), {"COUNTED": values["columns"]}, ("counts",)
    )


def names(values: dict[str, Any]) -> Fragment:
    """Names such as "Surname, Title. Given": titles as categories, surnames counted."""
    column = values["column"]
    var = variable(column)
    title, surname = flat_literal(f"{column}_title"), flat_literal(f"{column}_surname")
    lines: tuple[str, ...] = (
        f"split_{var} = name_parts(rows[{flat_literal(column)}])",
        f"{var}_titles = as_categories(split_{var}, [{title}], fitted, min_count=5)",
        f"{var}_families = value_counts(split_{var}, [{surname}], fitted)",
    )
    recipes: tuple[str, ...] = ("name_parts", "as_categories", "value_counts")
    blocks: tuple[str, ...] = (f"{var}_titles", f"{var}_families")
    if values.get("target_means"):
        fates = f"{var}_fates = target_means(split_{var}, {surname}, target, fitted)"
        lines, recipes = (*lines, fates), (*recipes, "target_means")
        blocks = (*blocks, f"{var}_fates")
    return Fragment("prepare", lines, recipes, {}, blocks)


def codes(values: dict[str, Any]) -> Fragment:
    """Letters and number of a code; the letters are a category."""
    column = values["column"]
    var = variable(column)
    series, number = flat_literal(f"{column}_series"), flat_literal(f"{column}_number")
    lines = (
        f"split_{var} = code_parts(rows[{flat_literal(column)}])",
        f"{var}_series = as_categories(split_{var}, [{series}], fitted, min_count=5)",
    )
    blocks = (f"{var}_series", f"split_{var}[[{number}]]")
    return Fragment("prepare", lines, ("code_parts", "as_categories"), {}, blocks)


def separated(values: dict[str, Any]) -> Fragment:
    """The parts of a code with separators."""
    column = values["column"]
    parts = f"{variable(column)}_parts"
    mark = flat_literal(values["separator"])
    line = f"{parts} = separated_parts(rows[{flat_literal(column)}], {mark}, fitted)"
    return Fragment("prepare", (line,), ("separated_parts",), {}, (parts,))


def dates(values: dict[str, Any]) -> Fragment:
    """Calendar parts and elapsed days of one date column."""
    column = values["column"]
    var = variable(column)
    call, readers = date_read(values.get("format"), f"rows[{flat_literal(column)}]")
    lines = (f"{var} = {call}",)
    recipes: tuple[str, ...] = (*readers, "date_parts", "elapsed_days")
    parts = f"date_parts({var})"
    if values.get("apart"):
        parts, recipes = f"seen_parts({parts}, len(train), fitted)", (*recipes, "seen_parts")
    blocks = (parts, f"elapsed_days({var}, fitted)")
    return Fragment("prepare", lines, recipes, {}, blocks)


def groups(values: dict[str, Any]) -> Fragment:
    """Means of numbers over the rows that share a key."""
    key = values["key"]
    var = f"by_{variable(key)}"
    joined = f"keyed = numbers[AVERAGED].join(rows[[{flat_literal(key)}]])"
    line = f"{var} = group_means(keyed, {flat_literal(key)}, AVERAGED, fitted)"
    constants = {"AVERAGED": values["numbers"]}
    return Fragment("prepare", (joined, line), ("group_means",), constants, (var,))


def fates(values: dict[str, Any]) -> Fragment:
    """What the target says about each value of a key, told by other rows."""
    keys, target = values["columns"], "np.log1p(target)" if values.get("logarithm") else "target"
    if len(keys) == 1:
        var = f"target_by_{variable(keys[0])}"
        line = f"{var} = target_means(rows, {flat_literal(keys[0])}, {target}, fitted)"
        return Fragment("prepare", (line,), ("target_means",), {}, (var,))
    line = f"encoded = [target_means(rows, key, {target}, fitted) for key in TARGET_ENCODED]"
    return Fragment("prepare", (line,), ("target_means",), {"TARGET_ENCODED": keys}, ("*encoded",))


def joined_text(values: dict[str, Any]) -> Fragment:
    """All free text of a row as one clean string, each column as one, or both."""
    columns, gives = values["columns"], values.get("gives", ())
    cleaner = "clean_text" if values.get("escaped", True) else "plain_text"
    views = {name: {"texts": "text"}.get(name, name) for name in gives}
    read, recipes, constants = items_joined(values.get("lists", []), cleaner)
    if "text_columns" in gives:
        lines: tuple[str, ...] = (
            f"text_columns = pd.DataFrame({{name: {cleaner}(rows[name]) for name in TEXTS}})",
        )
        if values.get("joined", True):
            lines = (*lines, 'text = text_columns.agg("\\n".join, axis=1).rename("text")')
        constants["TEXTS"] = columns
        return Fragment("extract", (*read, *lines), recipes, constants, (), views)
    if len(columns) == 1:
        line = f"text = {cleaner}(rows[{flat_literal(columns[0])}])"
        return Fragment("extract", (*read, line), recipes, constants, views=views)
    lines = (
        f"texts = [{cleaner}(rows[column]) for column in TEXTS]",
        'text = texts[0].str.cat(texts[1:], sep="\\n").rename("text")',
    )
    constants["TEXTS"] = columns
    return Fragment("extract", (*read, *lines), recipes, constants, (), views)


def items_joined(
    lists: list[str], cleaner: str
) -> tuple[tuple[str, ...], tuple[str, ...], dict[str, Any]]:
    """Lines, recipes and constants by which cells that are lists of texts become texts."""
    if not lists:
        return (), (cleaner,), {}
    line = "rows = rows.assign(**{name: joined_items(rows[name]) for name in TEXT_LISTS})"
    return (line,), ("joined_items", cleaner), {"TEXT_LISTS": lists}


def text_pair(values: dict[str, Any]) -> Fragment:
    """What two texts of a row share."""
    cleaner = "clean_text" if values.get("escaped", True) else "plain_text"
    first, second = values["columns"]
    name = f"{variable(first)}_and_{variable(second)}"
    texts = ", ".join(f"{cleaner}(rows[{flat_literal(one)}])" for one in (first, second))
    line = f"{name} = text_pair_statistics({texts}, fitted, {flat_literal(name)})"
    return Fragment("extract", (line,), (cleaner, "text_pair_statistics"), {}, (name,))


def text_view(values: dict[str, Any]) -> Fragment:
    """One sparse or coded table of the texts."""
    view, recipe = values["view"], values["recipe"]
    settings = "".join(f", {k}={flat_literal(v)}" for k, v in values.get("settings", {}).items())
    var = view if view != recipe else f"all_{view}"
    line = f"{var} = {recipe}(text, fitted{settings})"
    return Fragment("extract", (line,), (recipe,), {}, (), {view: var}, sliced=True)


def text_form(values: dict[str, Any]) -> Fragment:
    """Lengths, punctuation and the like as features."""
    line = "text_form = text_statistics(text)"
    return Fragment("extract", (line,), ("text_statistics",), {}, ("text_form",))


def text_themes(values: dict[str, Any]) -> Fragment:
    """The strongest themes of the texts as features, from the weighed words."""
    source = values.get("source")
    settings = "".join(f", {k}={flat_literal(v)}" for k, v in values.get("settings", {}).items())
    recipes = ("text_svd",) if source else ("text_svd", "word_tfidf")
    weigh = () if source else (f"weighed = word_tfidf(text, fitted{settings})",)
    themes = f'fitted, "text", themes={values["themes"]}'
    lines = (*weigh, f"text_themes = text_svd({source or 'weighed'}, {themes})")
    return Fragment("extract", lines, recipes, {}, ("text_themes",))


def design(values: dict[str, Any]) -> Fragment:
    """The dense, scaled view for models that multiply and add."""
    recipe = "design_view" if values.get("categories", True) else "scaled"
    line = f"design = {recipe}(features, fitted)"
    return Fragment("prepare", (line,), (recipe,), views={"design": "design"})


def class_target(values: dict[str, Any]) -> Fragment:
    """Labels as codes; one that is called None reads as a gap."""
    constants = {"TARGET": values["target"], "CLASSES": values["classes"]}
    named = f".fillna({flat_literal(values['gap'])})" if "gap" in values else ""
    line = f"target = class_codes(train[TARGET]{named}, CLASSES)"
    return Fragment("prepare", (line,), ("class_codes",), constants)


def text_target(values: dict[str, Any]) -> Fragment:
    """Texts as they stand; an empty cell is one."""
    line = 'target = train[TARGET].fillna("").to_numpy(object)'
    return Fragment("prepare", (line,), (), {"TARGET": values["target"]})


def source_texts(values: dict[str, Any]) -> Fragment:
    """The texts that answers are made from, and what stands beside them."""
    steps = [flat_literal(values[name]) for name in ("sequence", "order") if values.get(name)]
    recipe = "texts_in_order" if steps else "texts_alone"
    given = ("rows", "len(train)") if steps else ("rows",)
    told = ", ".join([*given, flat_literal(values["column"]), *steps])
    told += f", {flat_literal(values['beside'])}" if values["beside"] else ""
    line = f"sources = {recipe}({told})"
    return Fragment("extract", (line,), (recipe,), views={"sources": "sources"})


WRITERS: dict[str, Callable[[dict[str, Any]], Fragment]] = {
    "read_tables": read_tables,
    "gaps": gaps,
    "categories": categories,
    "counts": counts,
    "name_parts": names,
    "code_parts": codes,
    "separated_parts": separated,
    "dates": dates,
    "group_means": groups,
    "target_means": fates,
    "clean_text": joined_text,
    "text_pair": text_pair,
    "text_view": text_view,
    "text_form": text_form,
    "text_themes": text_themes,
    "design": design,
    "class_target": class_target,
    "text_target": text_target,
    "source_texts": source_texts,
    **NUMBER_WRITERS,
    **COLUMN_WRITERS,
    **ENRICHED_WRITERS,
    **MEDIA_WRITERS,
    **PLACE_WRITERS,
    **RASTER_WRITERS,
    **ROW_WRITERS,
    **SEQUENCE_WRITERS,
    **WINDOW_WRITERS,
}
