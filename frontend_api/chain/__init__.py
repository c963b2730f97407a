"""The chain's adapters: reading, signing, the development chain. Nothing here decides about bills.

``rpc`` speaks JSON-RPC, ``codec`` the contracts' ABI, ``reverts`` tells what an error means,
``reader`` implements ``ports.ChainReader``, ``trust`` holds the pinned deployments, ``anvil``
runs the development chain.
"""
