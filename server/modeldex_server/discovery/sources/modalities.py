"""Kinds of input and output as sources state them, and the capabilities that follow from a stated list."""

from __future__ import annotations

from collections.abc import Sequence

from modeldex.v1 import model_pb2 as pb

_WORDS: dict[str, pb.Modality.ValueType] = {
    "text": pb.MODALITY_TEXT,
    "image": pb.MODALITY_IMAGE,
    "audio": pb.MODALITY_AUDIO,
    "speech": pb.MODALITY_AUDIO,
    "video": pb.MODALITY_VIDEO,
    "pdf": pb.MODALITY_DOCUMENT,
    "file": pb.MODALITY_DOCUMENT,
    "document": pb.MODALITY_DOCUMENT,
    "embedding": pb.MODALITY_EMBEDDING,
    "embeddings": pb.MODALITY_EMBEDDING,
    "score": pb.MODALITY_SCORE,
    "rerank": pb.MODALITY_SCORE,
    "decision": pb.MODALITY_DECISION,
    "decisions": pb.MODALITY_DECISION,
}
# A list is stated whole, so what it lacks is known to be missing.
_INPUT_FLAGS: dict[pb.Modality.ValueType, str] = {
    pb.MODALITY_TEXT: "text_input",
    pb.MODALITY_IMAGE: "vision",
    pb.MODALITY_AUDIO: "audio_input",
    pb.MODALITY_VIDEO: "video_input",
    pb.MODALITY_DOCUMENT: "document_input",
}
_OUTPUT_FLAGS: dict[pb.Modality.ValueType, str] = {
    pb.MODALITY_TEXT: "text_output",
    pb.MODALITY_IMAGE: "image_generation",
    pb.MODALITY_AUDIO: "audio_output",
    pb.MODALITY_VIDEO: "video_generation",
}
# True where stated; catalogues list embedding and reranking models as writing text, so their absence says nothing.
_OUTPUT_TRUTHS: dict[pb.Modality.ValueType, str] = {
    pb.MODALITY_EMBEDDING: "embedding",
    pb.MODALITY_SCORE: "reranking",
    pb.MODALITY_DECISION: "decisions",
}


def put(model: pb.Model, inputs: Sequence[str] | None, outputs: Sequence[str] | None) -> None:
    """Sets what a model takes and gives from two lists of words. A list without a known word is unknown."""
    given, taken = _kinds(outputs or ()), _kinds(inputs or ())
    model.input_modalities.extend(taken)
    model.output_modalities.extend(given)
    for kind, name in _INPUT_FLAGS.items() if taken else ():
        model.capabilities[name].flag = kind in taken
    for kind, name in _OUTPUT_FLAGS.items() if given else ():
        model.capabilities[name].flag = kind in given
    for kind, name in _OUTPUT_TRUTHS.items():
        if kind in given:
            model.capabilities[name].flag = True


def _kinds(words: Sequence[str]) -> list[pb.Modality.ValueType]:
    return sorted({_WORDS[word] for each in words if (word := each.lower()) in _WORDS})
