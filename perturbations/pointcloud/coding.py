"""How a cloud is stored: on a grid."""

from perturbations import Dose, Draw, Ladder, perturbation
from perturbations.pointcloud._modality import Clouds


@perturbation(batched=True, coupling="codec", measure="displacement")
def position_quantisation(
    clouds: Clouds,
    draw: Draw,
    *,
    step: Dose = Ladder(
        1 / 256,
        1 / 128,
        1 / 64,
        1 / 32,
        1 / 16,
        unit="share of the longest side",
        scale="log",
        high=1.0,
    ),
) -> Clouds:
    """A cloud that was compressed: coordinates stand on a coarse grid, and neighbours fall together.

    The grid begins at the lowest corner of the cloud's box; its step is a share of the longest side, and every coordinate is rounded
    to the nearest step. Points of one place stay points of their own. Nothing is drawn.

    Severity: 1/256, 1/128, 1/64, 1/32, 1/16 of the longest side, 8 to 4 bits (severity 0.2 to 1). Our choice; Draco's default
        is 11 bits.

    References:
        Google, "Draco 3D data compression" (quantised positions).
    """
    from perturbations.pointcloud._kernels.moves import gridded

    if not clouds.size:
        return clouds
    xyz = clouds[..., :3]
    low = xyz.min(axis=1)
    sides = (xyz.max(axis=1) - low).max(axis=1)
    return gridded(clouds, low, step * sides)
