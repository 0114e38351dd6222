"""Half precision for frozen networks, where it is computed as such."""

import torch


def fast_precision(device: torch.device) -> torch.autocast:
    """Half precision on cards, and on CPUs that multiply bfloat16 numbers: thrice as fast or more.

    Other CPUs would only imitate it, and keep float32; older cards would, too, and get float16.
    What a network says hardly differs.
    """
    if device.type == "cuda":
        bfloat = torch.cuda.get_device_capability(device)[0] >= 8
        return torch.autocast("cuda", dtype=torch.bfloat16 if bfloat else torch.float16)
    able: dict[str, object] = getattr(torch.cpu, "get_capabilities", dict)()
    enabled = bool(able.get("avx512_bf16") or able.get("amx_bf16"))
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=enabled)
