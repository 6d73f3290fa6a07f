"""The picture moved: shift, rotation, scale, flip, shear, perspective, elastic deformation."""
