"""What people install: the wheels and the npm package, made into dist/packages/."""
